"""Planned, temporary and fault outages, suspected incidents, and who is told."""
