"""The runs: what waits, what runs and who runs it, and what became of the others."""

from __future__ import annotations

import json
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from domain.redaction import REMOVED
from domain.retention import DetailsRemoved
from domain.run_events import (
    VERDICTS,
    AttemptFailed,
    AttemptLost,
    BrowserChanged,
    PriorityChanged,
    RunPassed,
    RunRequested,
    RunRequeued,
    RunStarted,
    StepPassed,
    UnhappyVerdict,
    VerdictEvent,
)
from projections.projection import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import Recorded

_REQUESTED = """
    INSERT INTO runs (id, requested_position, asked_position, name, status, pool, priority,
        queued_at, steps_total, labels, test_id, test_version, batch_id, expect, timeout, retries,
        requested_by)
    VALUES (%(id)s, %(position)s, %(position)s, %(name)s, 'queued', %(pool)s, %(priority)s, %(at)s,
        %(steps)s, %(labels)s, %(test_id)s, %(test_version)s, %(batch_id)s, %(expect)s,
        %(timeout)s, %(retries)s, %(by)s)
"""
_STARTED = """
    UPDATE runs SET status = 'running', attempt = %(attempt)s, executor = %(executor)s,
        started_at = %(at)s, steps_passed = 0,
        queue_seconds = coalesce(queue_seconds,
            greatest(0, extract(epoch FROM %(at)s::timestamptz - queued_at)))
    WHERE id = %(id)s
"""
_STEP = "UPDATE runs SET steps_passed = steps_passed + 1 WHERE id = %(id)s"
_BEGAN_AGAIN = "UPDATE runs SET steps_passed = 0 WHERE id = %(id)s"
_ATTEMPT_OVER = """
    UPDATE runs SET status = 'queued', executor = NULL, started_at = NULL, steps_passed = 0
    WHERE id = %(id)s
"""
_REQUEUED = "UPDATE runs SET asked_position = %(position)s WHERE id = %(id)s"
_PRIORITY = """
    UPDATE runs SET priority = %(priority)s,
        asked_position = CASE WHEN status = 'queued' THEN %(position)s ELSE asked_position END
    WHERE id = %(id)s
"""
_VERDICT = """
    UPDATE runs SET status = %(status)s, finished_at = %(at)s, finished_position = %(position)s,
        error = %(error)s, flaky = %(flaky)s, duration = %(duration)s
    WHERE id = %(id)s
"""
_DETAILS_REMOVED = """
    UPDATE runs SET error = jsonb_set(error, '{message}', to_jsonb(%(removed)s::text))
    WHERE id = %(run)s AND error IS NOT NULL
"""


def runs(recorded: Recorded) -> Iterator[Statement]:
    """The run's row after the event."""
    change = _change(recorded.event)
    if change is not None:
        statement, facts = change
        event = recorded.event
        heading = {"id": event.originator_id, "position": recorded.position, "at": event.at}
        yield statement, {**heading, **facts}


@singledispatch
def _change(event: object) -> Statement | None:  # noqa: ARG001 - dispatched on its type
    return None


@_change.register
def _(event: RunRequested) -> Statement:
    definition = event.definition
    return _REQUESTED, {
        "name": definition.name,
        "pool": definition.pool,
        "priority": definition.priority,
        "steps": len(definition.steps),
        "labels": json.dumps(definition.labels),
        "test_id": event.test_id,
        "test_version": event.test_version,
        "batch_id": event.batch_id,
        "expect": definition.expect,
        "timeout": event.timeout,
        "retries": definition.retries,
        "by": event.by,
    }


@_change.register
def _(event: RunStarted) -> Statement:
    return _STARTED, {"attempt": event.attempt, "executor": event.executor}


@_change.register
def _(event: StepPassed) -> Statement:  # noqa: ARG001
    return _STEP, {}


@_change.register
def _(event: BrowserChanged) -> Statement:  # noqa: ARG001
    return _BEGAN_AGAIN, {}


@_change.register(AttemptFailed)
@_change.register(AttemptLost)
def _(event: AttemptFailed | AttemptLost) -> Statement:  # noqa: ARG001
    return _ATTEMPT_OVER, {}


@_change.register
def _(event: RunRequeued) -> Statement:  # noqa: ARG001
    return _REQUEUED, {}


@_change.register
def _(event: PriorityChanged) -> Statement:
    return _PRIORITY, {"priority": event.priority}


@_change.register
def _(event: VerdictEvent) -> Statement:
    error: dict[str, Any] | None = None
    if isinstance(event, UnhappyVerdict):
        error = event.error.model_dump()
    return _VERDICT, {
        "status": VERDICTS[type(event)],
        "error": json.dumps(error) if error else None,
        "flaky": isinstance(event, RunPassed) and event.flaky,
        "duration": event.duration,
    }


@_change.register
def _(event: DetailsRemoved) -> Statement:
    return _DETAILS_REMOVED, {"run": event.run_id, "removed": REMOVED}
