"""The resident's word after a case is closed."""
