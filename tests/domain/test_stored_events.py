"""What is stored stays readable: every event ever written is kept here as bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eventsourcing.persistence import JSONTranscoder, StoredEvent

from domain.event import Event, EventMapper
from tests.support.examples import every_event

GOLDEN = Path(__file__).parent / "stored_events.jsonl"
MAPPER = EventMapper(JSONTranscoder())


def stored_lines() -> list[dict[str, object]]:
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()]


def as_line(event: Event) -> dict[str, object]:
    stored = MAPPER.to_stored_event(event)
    return {
        "id": str(stored.originator_id),
        "version": stored.originator_version,
        "topic": stored.topic,
        "state": json.loads(stored.state),
    }


def concrete_events(kind: type[Event] = Event) -> set[str]:
    named = {kind.TOPIC} if "TOPIC" in kind.__dict__ else set()
    return named.union(*(concrete_events(child) for child in kind.__subclasses__()))


def test_every_event_has_an_example():
    assert {event.TOPIC for event in every_event()} == concrete_events()


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.TOPIC)
def test_an_event_is_stored_as_it_always_was(event):
    """A line that is missing is appended by hand, once, when the event is new; none is changed."""
    assert as_line(event) in stored_lines()


@pytest.mark.parametrize("line", stored_lines(), ids=lambda line: line["topic"])
def test_what_was_ever_stored_is_read_as_the_same_event(line):
    stored = StoredEvent(
        originator_id=line["id"],
        originator_version=line["version"],
        topic=line["topic"],
        state=json.dumps(line["state"]).encode(),
    )
    assert MAPPER.to_domain_event(stored) in every_event()
