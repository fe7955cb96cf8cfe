"""Requests in the queue of a grid, from taking down to closing."""
