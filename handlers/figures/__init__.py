"""The figures that steer stations, added up as tickets change."""
