"""Applications for supply, charging piles, solar and account changes."""
