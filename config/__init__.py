"""Settings, database, Redis, clock and the business tables; imports nothing of the house."""
