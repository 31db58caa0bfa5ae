"""No attempt outlives its run's timeout by more than five seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.run_events import AttemptFailed, AttemptLost, RunRequested, RunStarted, VerdictEvent
from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.oracle.history import History
    from tests.chaos.tape import Tape

GRACE = 5.0


def judge_timeouts(history: History, tape: Tape) -> Iterator[Finding]:
    """By the harness's clock, where the log could be reached all the time."""
    for run_id, recorded in history.runs.items():
        began, timeout = float("inf"), 0.0
        for each in recorded:
            event = each.event
            if isinstance(event, RunRequested):
                timeout = event.timeout
            elif isinstance(event, RunStarted):
                began = tape.when_logged(each.position)
            elif isinstance(event, AttemptFailed | AttemptLost | VerdictEvent):
                ended = tape.when_logged(each.position)
                if ended - began > timeout + GRACE and not tape.was_blind(began, ended):
                    took = f"its attempt took {ended - began:.1f} s of {timeout:g}"
                    yield Finding("slow", took, run_id)
                began = float("inf")
