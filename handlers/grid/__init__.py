"""Stations, grids, transformer areas, communities and the staff who serve them."""
