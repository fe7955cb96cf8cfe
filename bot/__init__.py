"""Everything that speaks HTTP or runs as a process."""
