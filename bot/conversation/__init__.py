"""A message's way from the platform to the reply, in one transaction."""
