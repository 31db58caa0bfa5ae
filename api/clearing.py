"""Clearing the queue: every waiting run cancelled, hundreds a commit."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from api.requests import after_a_write
from api.steering import MOST_TRIES, steer
from domain.errors import ConflictError, IllegalTransitionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.log import EventLog
    from domain.run_events import RunCancelled

_TOGETHER = 200
_REASON = "the queue was cleared"


def clear_queue(log: EventLog, run_ids: Sequence[UUID], by: str) -> tuple[int, int]:
    """Cancels those of the runs that still wait, and says so; how many, and the position of that.

    What was cancelled is, also if this ends before it is said.
    """
    cancelled = 0
    for start in range(0, len(run_ids), _TOGETHER):
        with after_a_write() if cancelled else nullcontext():
            cancelled += _clear(log, run_ids[start : start + _TOGETHER], by)
    with after_a_write() if cancelled else nullcontext():
        return cancelled, _say(log, by, cancelled)


def _say(log: EventLog, by: str, cancelled: int) -> int:
    for _ in range(MOST_TRIES):
        try:
            return log.append(log.queue().clear(by, cancelled))
        except ConflictError:  # Somebody paused it, say: that is no reason against it.
            continue
    raise ConflictError("the queue was cleared, and changes too fast to say so")


def _clear(log: EventLog, run_ids: Sequence[UUID], by: str) -> int:
    runs = [log.run(run_id) for run_id in run_ids]
    events = [run.cancel(by, _REASON) for run in runs if run.status == "queued"]
    if not events:
        return 0
    try:
        log.append(*events)
    except ConflictError:  # One of them moved: take them one by one.
        return _clear_singly(log, events, by)
    return len(events)


def _clear_singly(log: EventLog, events: Sequence[RunCancelled], by: str) -> int:
    cancelled = 0
    for event in events:
        run = log.run(event.originator_id)
        if run.status != "queued":
            continue
        try:
            steer(log, run.id, lambda run: run.cancel(by, _REASON))
        except IllegalTransitionError:
            continue
        cancelled += 1
    return cancelled
