"""Understand what residents write; knows no business, no web and no database."""
