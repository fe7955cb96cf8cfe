"""The control API under `/api/`: what people do with their phones, and how the platform misbehaves."""
