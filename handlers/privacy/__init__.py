"""What is kept of a person: export, erasure, and the end of keeping (PIPL art. 19, 45, 47)."""
