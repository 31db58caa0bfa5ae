"""What would have happened: a stretch of the log played again under other conditions."""
