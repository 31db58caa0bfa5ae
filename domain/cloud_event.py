"""Events for others: CloudEvents 1.0, in JSON, with where they are in the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import JSONTranscoder, StoredEvent
from eventsourcing.utils import TopicError

from domain.event import EventMapper

if TYPE_CHECKING:
    from domain.event import Event
    from domain.stored import Stored

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SOURCE = "urn:proctor:log"
TYPE_PREFIX = "proctor."
UNKNOWN = "unknown"
"""The noun of what a newer Proctor has written."""

_mapper = EventMapper(JSONTranscoder())


def cloud_event(stored: Stored) -> dict[str, Any]:
    """The event as a CloudEvent; `id` is its position in the log, so a second copy shows.

    Of a type that this version does not know there are no data: some of it may be for nobody.
    """
    event = _known(stored)
    said: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(stored.position),
        "source": SOURCE,
        "type": TYPE_PREFIX + stored.topic,
        "subject": str(stored.originator_id),
        "position": str(stored.position),
        "version": stored.originator_version,
    }
    if event is not None:
        said |= {
            "time": event.at.isoformat(),
            "by": event.by,
            "datacontenttype": "application/json",
            "data": event.shown(),
        }
    return said


def routing_key(stored: Stored) -> str:
    """What listeners choose by, as in `run.RunPassed`, `run.*` or `*.KeyRevoked`."""
    event = _known(stored)
    return f"{event.NOUN if event is not None else UNKNOWN}.{stored.topic}"


def encode(said: dict[str, Any]) -> bytes:
    """Structured mode: the whole CloudEvent is the body."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _known(stored: Stored) -> Event | None:
    kept = StoredEvent(
        stored.originator_id, stored.originator_version, stored.topic, bytes(stored.state)
    )
    try:
        return _mapper.to_domain_event(kept)
    except TopicError:
        return None
