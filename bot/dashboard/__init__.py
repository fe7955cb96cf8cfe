"""The command centre's wall."""
