"""Events for others: CloudEvents 1.0, in JSON, with where they are in the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import JSONTranscoder, StoredEvent

from domain.event import EventMapper, UnknownEvent, kind_of, shown_raw

if TYPE_CHECKING:
    from domain.event import Event
    from domain.stored import Stored

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SOURCE = "urn:proctor:log"
TYPE_PREFIX = "proctor."
_HEADING = {"at": "time", "by": "by", "origin": "origin"}
"""What is an attribute of the CloudEvent itself, and its name there."""

_mapper = EventMapper(JSONTranscoder())


def cloud_event(stored: Stored) -> dict[str, Any]:
    """The event as a CloudEvent; `id` is its position in the log, so a second copy shows.

    What only a newer Proctor knows is said as it is stored.
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
    kind, state = kind_of(stored.topic), json.loads(stored.state)
    if kind is not None and state.get("class_version", 1) > kind.class_version:
        kind = None
    if kind is not None:
        state = _present_form(kind, stored, state)
    heading = {_HEADING[name]: state.pop(name) for name in _HEADING if name in state}
    data = shown_raw(state)
    if kind is not None:
        data = {name: fact for name, fact in state.items() if name not in kind.HIDDEN}
    return {**said, **heading, "datacontenttype": "application/json", "data": data}


def routing_key(stored: Stored) -> str:
    """What listeners choose by, as in `run.RunPassed`, `run.*` or `*.KeyRevoked`."""
    return f"{(kind_of(stored.topic) or UnknownEvent).NOUN}.{stored.topic}"


def encode(said: dict[str, Any]) -> bytes:
    """Structured mode: the whole CloudEvent is the body."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _present_form(kind: type[Event], stored: Stored, state: dict[str, Any]) -> dict[str, Any]:
    # Most has it: then making an event of it, to take it apart again, would be most of the work.
    if state.pop("class_version", 1) == kind.class_version:
        return state
    kept = StoredEvent(
        stored.originator_id, stored.originator_version, stored.topic, bytes(stored.state)
    )
    event = _mapper.to_domain_event(kept)
    origin = {} if event.origin is None else {"origin": event.origin}
    return {"at": event.at.isoformat(), "by": event.by, **origin, **event.data()}
