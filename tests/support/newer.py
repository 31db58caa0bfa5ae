"""What a newer Proctor would have written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import StoredEvent

if TYPE_CHECKING:
    from uuid import UUID

    from domain.log import EventLog


def stored_by_newer(subject: UUID, version: int, topic: str, **facts: Any) -> StoredEvent:
    """An event of any name, or with `class_version` in any form."""
    state = {"at": "2026-11-23T12:00:00+00:00", "by": "key:1", **facts}
    return StoredEvent(subject, version, topic, json.dumps(state).encode())


def append_as_newer(log: EventLog, subject: UUID, topic: str, **facts: Any) -> None:
    """Appends one behind what `subject` has."""
    version = len(log.history(subject)) + 1
    log.recorder.insert_events([stored_by_newer(subject, version, topic, **facts)])
