"""Every kind of event there is: whoever reads the log has to know the stored names of all."""

from __future__ import annotations

from domain import (
    api_key,
    retention,
    run_events,
    run_queue,
    spending,
    test_decisions,
    test_definition,
)

MODULES = (
    run_events, run_queue, test_definition, test_decisions, spending, api_key, retention,
)  # fmt: skip
