"""Account holders of the registry and the residents who write to us."""
