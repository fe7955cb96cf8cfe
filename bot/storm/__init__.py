"""A measured storm: a made-up city, the whole product in processes, and the platforms' limits."""
