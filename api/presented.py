"""Rows and events in the shapes of the contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from api.models.events import EventView
from api.models.runs import RunView
from api.models.tests import TestView
from domain.run import replay
from domain.run_events import RunEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.rows import DictRow

    from domain.log import Recorded
    from domain.run import Run
    from domain.run_events import RunRequested
    from projections.reader import Snapshot


def run_view(row: DictRow) -> RunView:
    """A row of the runs view."""
    return RunView.model_validate(row)


def just_requested(asked: RunRequested) -> RunView:
    """A run that no view shows yet."""
    wanted = asked.definition
    return RunView(
        id=asked.originator_id, name=wanted.name, status="queued", pool=wanted.pool,
        priority=wanted.priority, queue_position=None, estimated_start=None, queued_at=asked.at,
        started_at=None, finished_at=None, attempt=0, executor=None,
        steps_total=len(wanted.steps), steps_passed=0, flaky=False, labels=wanted.labels,
        test_id=asked.test_id, test_version=asked.test_version, batch_id=asked.batch_id,
        error=None, expect=wanted.expect, timeout=asked.timeout, retries=wanted.retries,
        queue_seconds=None, duration=None, model_calls=0, tokens=0,
    )  # fmt: skip


def as_logged(history: Sequence[Recorded]) -> RunView:
    """A run that the views do not show yet, from its events: what it is, without figures."""
    events = [cast("RunEvent", recorded.event) for recorded in history]
    run, last = cast("Run", replay(events)), events[-1]
    known = {
        "status": run.status,
        "priority": run.priority,
        "attempt": run.attempt,
        "executor": run.executor,
        "finished_at": last.at if run.over else None,
        "error": getattr(last, "error", None),
    }
    return just_requested(cast("RunRequested", events[0])).model_copy(update=known)


def with_estimates(runs: list[RunView], snapshot: Snapshot, slots: int) -> list[RunView]:
    """The runs, the waiting ones with a guess when they start: at the pace of the latest fifty."""
    if any(run.queue_position for run in runs):
        seconds = snapshot.typical_seconds()
        busy = len(snapshot.running())
        for run in runs:
            wait = seconds_to_start(run.queue_position, seconds, busy, slots)
            if wait is not None:
                run.estimated_start = datetime.now(UTC) + timedelta(seconds=wait)
    return runs


def seconds_to_start(
    place: int | None, seconds: float | None, busy: int, slots: int
) -> float | None:
    """How long the run at that place may still wait, where runs take so many seconds; None if
    nobody knows."""
    if place is None or seconds is None:
        return None
    return max(0, place - 1 + busy - slots + 1) * seconds / max(slots, 1)


def test_view(row: DictRow) -> TestView:
    """A row of the tests view."""
    return TestView.model_validate(row)


def event_view(recorded: Recorded) -> EventView:
    """An event at its place in the log."""
    event = recorded.event
    return EventView(
        position=recorded.position,
        run_id=event.originator_id if event.noun == RunEvent.NOUN else None,
        subject=event.originator_id,
        version=event.originator_version,
        type=event.topic,
        at=event.at,
        by=event.by,
        origin=event.origin,
        data=event.shown(),
    )
