"""One file for each way a message can go; each takes a client it names as a Protocol."""
