"""The pages of grid managers and the command centre."""
