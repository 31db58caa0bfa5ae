"""The network gate: where a run's browser may connect to, held below the browser."""
