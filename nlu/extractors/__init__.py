"""One module for each family of entities; `nlu.entities` runs them in turn."""
