"""What people keep and steer: tests, API keys, and whether queue and executors take runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from domain.api_key import KeyCreated, KeyRevoked
from domain.run_queue import ExecutorDrained, ExecutorResumed, QueuePaused, QueueResumed
from domain.test_definition import TestArchived, TestCreated, TestRevised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.definition import Definition
    from domain.log import Recorded
    from projections.projection import Statement

_TEST_CREATED = """
    INSERT INTO tests (id, created_position, name, version, definition, created_at, updated_at)
    VALUES (%(id)s, %(position)s, %(name)s, 1, %(definition)s, %(at)s, %(at)s)
"""
_TEST_REVISED = """
    UPDATE tests SET name = %(name)s, version = %(version)s, definition = %(definition)s,
        updated_at = %(at)s
    WHERE id = %(id)s
"""
_TEST_ARCHIVED = "UPDATE tests SET archived = true, updated_at = %(at)s WHERE id = %(id)s"
_KEY_CREATED = """
    INSERT INTO keys (id, created_position, name, role, created_at)
    VALUES (%(id)s, %(position)s, %(name)s, %(role)s, %(at)s)
"""
_KEY_REVOKED = "UPDATE keys SET revoked = true WHERE id = %(id)s"
_QUEUE = """
    INSERT INTO queues (id, paused) VALUES (%(id)s, %(paused)s)
    ON CONFLICT (id) DO UPDATE SET paused = excluded.paused
"""
_DRAINED = """
    INSERT INTO queues (id, paused, drained) VALUES (%(id)s, false, ARRAY[%(executor)s])
    ON CONFLICT (id) DO UPDATE SET drained = array_append(queues.drained, %(executor)s)
"""
_RESUMED = "UPDATE queues SET drained = array_remove(drained, %(executor)s) WHERE id = %(id)s"


def kept(recorded: Recorded) -> Iterator[Statement]:
    """The row of the test, key or queue after the event."""
    event = recorded.event
    heading = {"id": event.originator_id, "position": recorded.position, "at": event.at}
    match event:
        case TestCreated():
            yield _TEST_CREATED, heading | _described(event.definition)
        case TestRevised():
            version = {"version": event.test_version}
            yield _TEST_REVISED, heading | _described(event.definition) | version
        case TestArchived():
            yield _TEST_ARCHIVED, heading
        case KeyCreated():
            yield _KEY_CREATED, {**heading, "name": event.name, "role": event.role}
        case KeyRevoked():
            yield _KEY_REVOKED, heading
        case QueuePaused() | QueueResumed():
            yield _QUEUE, {**heading, "paused": isinstance(event, QueuePaused)}
        case ExecutorDrained():
            yield _DRAINED, {**heading, "executor": event.executor}
        case ExecutorResumed():
            yield _RESUMED, {**heading, "executor": event.executor}


def _described(definition: Definition) -> dict[str, object]:
    stored = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"name": definition.name, "definition": json.dumps(stored)}
