"""The views at any moment since the first event."""
