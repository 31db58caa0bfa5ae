"""Retention: what belongs to old runs is removed, and the log says so."""
