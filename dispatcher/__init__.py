"""From the event log to the broker: relay and timekeeper."""
