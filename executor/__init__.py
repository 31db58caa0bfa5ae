"""From the broker through a browser to the event log."""
