"""Benchmarks: each figure is a ratio to its reference within the same run."""
