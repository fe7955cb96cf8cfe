"""Deliver messages to people and groups; knows channels, no business and no web."""
