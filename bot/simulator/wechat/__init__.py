"""The Official Account: its server API and its pushes."""
