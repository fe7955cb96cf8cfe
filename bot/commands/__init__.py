"""The commands of `gridbot`, one module a group."""
