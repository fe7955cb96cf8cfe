"""Making and judging the models: examples, training, evaluation, thresholds, challengers."""
