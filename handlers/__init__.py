"""The business of a grid service station, one folder a capability."""
