"""Never more attempts at once than executors, and a fenced one records nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.run_events import (
    AttemptFailed,
    AttemptLost,
    RunFailed,
    RunPassed,
    RunStarted,
    StepEvent,
    VerdictEvent,
)
from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import Recorded
    from tests.chaos.oracle.history import History


_OF_THE_HOLDER = StepEvent | AttemptFailed | RunPassed | RunFailed
"""What only the executor records that holds the run; others may end an attempt otherwise."""


def judge_attempts(history: History, executors: int) -> Iterator[Finding]:
    """Walks through the log once for each of the two."""
    yield from _crowded(history, executors)
    for run_id, recorded in history.runs.items():
        yield from _fenced(run_id, recorded)


def _crowded(history: History, executors: int) -> Iterator[Finding]:
    """An executor that starts another run has given up, or died with, the one it had: that attempt
    is in nobody's hands until somebody finds the lease lost, and must not be recorded in again."""
    held: dict[str, str] = {}
    given_up: set[tuple[str, str]] = set()
    for recorded in history.events:
        event = recorded.event
        run_id = str(event.originator_id)
        if isinstance(event, RunStarted):
            if event.by in held:
                given_up.add((event.by, held[event.by]))
            held[event.by] = run_id
            given_up.discard((event.by, run_id))
            if len(held) > executors:
                yield Finding("crowded", f"{len(held)} open attempts: {sorted(held)}", run_id)
        elif isinstance(event, AttemptLost | AttemptFailed | VerdictEvent):
            held = {by: run for by, run in held.items() if run != run_id}
        if isinstance(event, StepEvent) and (event.by, run_id) in given_up:
            yield Finding("crowded", f"{event.by} works on it beside {held.get(event.by)}", run_id)


def _fenced(run_id: str, recorded: list[Recorded]) -> Iterator[Finding]:
    attempt, holder = 0, ""
    for each in recorded:
        event = each.event
        if isinstance(event, RunStarted):
            if event.attempt != attempt + 1:
                yield Finding("fenced", f"attempt {event.attempt} follows {attempt}", run_id)
            attempt, holder = event.attempt, event.executor
        elif isinstance(event, _OF_THE_HOLDER) and (event.attempt, event.by) != (attempt, holder):
            yield Finding(
                "fenced",
                f"{event.by} recorded {event.TOPIC} of attempt {event.attempt} while attempt"
                f" {attempt} was {holder}'s",
                run_id,
            )
