"""Where a command comes from is in what it brings about, and in nothing else."""

from __future__ import annotations

import asyncio
import json
import threading

from eventsourcing.persistence import JSONTranscoder

from domain.event import EventMapper
from domain.origin import coming_from
from tests.support.examples import requested

MAPPER = EventMapper(JSONTranscoder())


def state_of(event):
    return json.loads(MAPPER.to_stored_event(event).state)


def test_an_event_has_the_origin_of_the_command_that_it_is_made_by():
    with coming_from("192.0.2.7"):
        asked = requested()
    assert asked.origin == "192.0.2.7"
    assert list(state_of(asked))[:3] == ["at", "by", "origin"]
    assert requested().origin is None


def test_without_an_origin_nothing_is_stored_of_one():
    assert "origin" not in state_of(requested())


def test_an_event_read_while_a_command_is_in_hand_keeps_its_own():
    early = MAPPER.to_stored_event(requested())
    with coming_from("192.0.2.7"):
        late = MAPPER.to_stored_event(requested())
    with coming_from("198.51.100.1"):
        assert MAPPER.to_domain_event(early).origin is None
        assert MAPPER.to_domain_event(late).origin == "192.0.2.7"


def test_an_origin_is_no_fact_of_the_event_itself():
    with coming_from("192.0.2.7"):
        assert "origin" not in requested().shown()


def test_a_thread_that_takes_the_context_along_has_it_and_a_component_has_not():
    made = []

    async def command():
        with coming_from("192.0.2.7"):
            made.append(await asyncio.to_thread(requested))
            component = threading.Thread(target=lambda: made.append(requested()))
            component.start()
            await asyncio.to_thread(component.join, 5)

    asyncio.run(command())
    assert [event.origin for event in made] == ["192.0.2.7", None]
