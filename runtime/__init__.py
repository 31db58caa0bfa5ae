"""What every process needs: settings, broker, database, logging, lifecycle."""
