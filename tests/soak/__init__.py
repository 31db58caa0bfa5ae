"""A steady stream of runs for half an hour, and whether anything grows that should not."""
