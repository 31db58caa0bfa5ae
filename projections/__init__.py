"""From the event log to the views that answer questions."""
