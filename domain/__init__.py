"""What a run is: aggregates, events, steps and the log; no broker, no browser, no HTTP."""
