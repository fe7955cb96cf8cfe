"""Take in what a utility brings on its first day: who is served by what."""
