"""Judging a trial: the log against what clients were told, and against itself."""
