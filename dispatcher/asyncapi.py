"""The AsyncAPI document of `proctor.events`, made from the event classes.

`python -m dispatcher.asyncapi` prints it; `docs/asyncapi.json` is what it printed last.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from domain.cloud_event import CONTENT_TYPE, SOURCE, TYPE_PREFIX
from domain.event import Event
from domain.known_events import MODULES
from runtime.broker.rabbitmq.topology import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = {"originator_id", "originator_version", "at", "by", "origin"}
_TEXT = {"type": "string"}


def document() -> dict[str, Any]:
    """As JSON values; the same from the same classes."""
    kinds = list(event_classes())
    schemas, shared = models_json_schema(
        [(kind, "serialization") for kind in kinds], ref_template="#/components/schemas/{model}"
    )
    data = dict(shared.get("$defs", {}))
    named = {kind: schemas[kind, "serialization"]["$ref"].rpartition("/")[2] for kind in kinds}
    for kind, name in named.items():
        data[name] = _data(kind, data[name])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Proctor's events",
            "version": "1",
            "description": "Every event of the log, after its commit, at least once and in order.",
        },
        "defaultContentType": CONTENT_TYPE.partition(";")[0],
        "channels": {kind.TOPIC: _channel(kind) for kind in kinds},
        "operations": {f"send{kind.TOPIC}": _operation(kind) for kind in kinds},
        "components": {
            "messages": {kind.TOPIC: _message(kind, named[kind]) for kind in kinds},
            "schemas": data,
        },
    }


def event_classes() -> Iterator[type[Event]]:
    """Every class of events that are stored, by its stored name."""
    found = {
        member.TOPIC: member
        for module in MODULES
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Event) and "TOPIC" in vars(member)
    }
    for topic in sorted(found):
        yield found[topic]


def _data(kind: type[Event], schema: dict[str, Any]) -> dict[str, Any]:
    """Without what is in the CloudEvent's own attributes, or shown to nobody."""
    left_out = _HEADING | kind.HIDDEN
    facts = {name: fact for name, fact in schema["properties"].items() if name not in left_out}
    needed = [name for name in schema.get("required", ()) if name in facts]
    return {**schema, "properties": facts, "required": needed}


def _channel(kind: type[Event]) -> dict[str, Any]:
    return {
        "address": f"{kind.NOUN}.{kind.TOPIC}",
        "messages": {kind.TOPIC: {"$ref": f"#/components/messages/{kind.TOPIC}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTS, "type": "topic", "durable": True},
            }
        },
    }


def _operation(kind: type[Event]) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{kind.TOPIC}"}}


def _message(kind: type[Event], schema: str) -> dict[str, Any]:
    attributes = {
        "specversion": {"const": "1.0"},
        "id": _TEXT | {"description": "the position in the log: the same again is a second copy"},
        "source": {"const": SOURCE},
        "type": {"const": TYPE_PREFIX + kind.TOPIC},
        "subject": _TEXT | {"format": "uuid", "description": f"which {kind.NOUN}"},
        "time": _TEXT | {"format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "position": _TEXT | {"pattern": "^[0-9]+$"},
        "version": {"type": "integer", "description": f"counts the {kind.NOUN}'s events from 1"},
        "by": _TEXT | {"description": "the key, executor or service whose doing it was"},
        "data": {"$ref": f"#/components/schemas/{schema}"},
    }
    sometimes = {"origin": _TEXT | {"description": "where the command came from, if it was one"}}
    summary = (kind.__doc__ or "").strip().partition("\n")[0]
    properties = attributes | sometimes
    payload = {"type": "object", "properties": properties, "required": list(attributes)}
    return {"contentType": CONTENT_TYPE, "summary": summary, "payload": payload}


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
