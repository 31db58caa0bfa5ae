"""Events for others: CloudEvents 1.0, in JSON, with where they are in the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import JSONTranscoder, StoredEvent
from eventsourcing.utils import TopicError, resolve_topic

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
    said: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(stored.position),
        "source": SOURCE,
        "type": TYPE_PREFIX + stored.topic,
        "subject": str(stored.originator_id),
        "position": str(stored.position),
        "version": stored.originator_version,
    }
    kind = _kind(stored.topic)
    if kind is not None:
        data = _state(kind, stored)
        heading = {"time": data.pop("at"), "by": data.pop("by")}
        shown = {name: fact for name, fact in data.items() if name not in kind.HIDDEN}
        said |= {**heading, "datacontenttype": "application/json", "data": shown}
    return said


def routing_key(stored: Stored) -> str:
    """What listeners choose by, as in `run.RunPassed`, `run.*` or `*.KeyRevoked`."""
    kind = _kind(stored.topic)
    return f"{kind.NOUN if kind is not None else UNKNOWN}.{stored.topic}"


def encode(said: dict[str, Any]) -> bytes:
    """Structured mode: the whole CloudEvent is the body."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _state(kind: type[Event], stored: Stored) -> dict[str, Any]:
    """What is stored, brought to its class's present form."""
    state: dict[str, Any] = json.loads(stored.state)
    # Most is: then making an event of it, to take it apart again, would be most of the work.
    if state.pop("class_version", 1) == kind.class_version:
        return state
    kept = StoredEvent(
        stored.originator_id, stored.originator_version, stored.topic, bytes(stored.state)
    )
    event = _mapper.to_domain_event(kept)
    return {"at": event.at.isoformat(), "by": event.by, **event.data()}


def _kind(topic: str) -> type[Event] | None:
    try:
        kind: type[Event] = resolve_topic(topic)
    except TopicError:
        return None
    return kind
