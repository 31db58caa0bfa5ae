"""What a newer Proctor wrote is kept, shown as it is stored, and stops nobody."""

from __future__ import annotations

from uuid import uuid4

import pytest
from eventsourcing.persistence import JSONTranscoder

from domain import api_key, retention, run_queue, test_definition
from domain.errors import NotFoundError, TooNewError
from domain.event import EventMapper, UnknownEvent
from domain.run import replay
from domain.run_queue import QUEUE_ID, QueueCleared, QueuePaused, QueueResumed
from tests.support.examples import KEY, RUN, TEST, every_event, requested
from tests.support.newer import append_as_newer, stored_by_newer

MAPPER = EventMapper(JSONTranscoder())


def read(subject, version, topic, **facts):
    return MAPPER.to_domain_event(stored_by_newer(subject, version, topic, **facts))


def example(topic):
    return next(event for event in every_event() if topic == event.TOPIC)


def test_an_event_of_an_unknown_type_keeps_its_name_and_what_is_stored():
    event = read(RUN, 7, "RunTeleported", origin="192.0.2.7", to={"planet": "Mars"})
    assert isinstance(event, UnknownEvent)
    assert (event.topic, event.noun) == ("RunTeleported", "unknown")
    assert (event.originator_id, event.originator_version) == (RUN, 7)
    assert (event.by, event.origin, event.at.year) == ("key:1", "192.0.2.7", 2026)
    assert event.shown() == {"to": {"planet": "Mars"}}


def test_a_newer_form_of_a_known_type_is_as_unknown_but_for_its_noun():
    event = read(RUN, 7, "PriorityChanged", class_version=2, priority="high")
    assert isinstance(event, UnknownEvent)
    assert (event.topic, event.noun) == ("PriorityChanged", "run")
    assert event.shown() == {"class_version": 2, "priority": "high"}


def test_what_is_for_nobody_is_not_shown_of_an_unknown_event_either():
    event = read(KEY, 3, "KeyRotated", digest="cd" * 32, hidden_salt="x", name="ci")
    assert event.shown() == {"name": "ci"}


def test_an_older_proctor_knows_by_its_name_what_is_for_nobody():
    """Where a new fact has to be hidden, its name has to begin with `hidden_`."""
    hidden = {name for event in every_event() for name in event.HIDDEN}
    assert {name for name in hidden if not name.startswith("hidden_")} == {"digest"}


@pytest.mark.parametrize("topic", ["os:path", "json", "domain.run_events:RunPassed", ""])
def test_a_name_is_only_a_name_whatever_python_could_import_by_it(topic):
    assert read(RUN, 7, topic).topic == topic


def test_an_unknown_event_is_never_written():
    with pytest.raises(TypeError, match="only known events are stored"):
        MAPPER.to_stored_event(read(RUN, 7, "RunTeleported"))


def test_a_run_ignores_it_but_for_its_version():
    run = replay([requested(RUN), read(RUN, 2, "RunTeleported"), read(RUN, 3, "RunNoted")])
    assert (run.status, run.version) == ("queued", 3)
    assert run.cancel("key:1").originator_version == 4


def test_a_verdict_in_a_newer_form_is_a_verdict():
    run = replay([requested(RUN), read(RUN, 2, "RunCancelled", class_version=2, why="because")])
    assert (run.status, run.over) == ("cancelled", True)


def test_the_queue_stays_as_it_was():
    paused = run_queue.RunQueue(QUEUE_ID).pause("key:1")
    queue = run_queue.replay([paused, read(QUEUE_ID, 2, "QueueDrained")])
    assert (queue.paused, queue.version) == (True, 2)
    assert queue.resume("key:1").originator_version == 3


@pytest.mark.parametrize(("before", "paused"), [(QueuePaused, True), (QueueResumed, False)])
def test_clearing_the_queue_neither_pauses_nor_resumes_it(before, paused):
    first = before(originator_id=QUEUE_ID, originator_version=1, by="key:1")
    cleared = run_queue.replay([first]).clear("key:1", 12)
    assert isinstance(cleared, QueueCleared)
    queue = run_queue.replay([first, cleared])
    assert (queue.paused, queue.version) == (paused, 2)


def test_a_key_is_not_revoked_by_it():
    created = example("KeyCreated")
    key = api_key.evolve(api_key.evolve(None, created), read(KEY, 2, "KeyRotated"))
    assert (key.revoked, key.version) == (False, 2)
    assert key.revoke("key:1").originator_version == 3


def test_a_test_stays_on_offer():
    test = test_definition.evolve(None, example("TestCreated"))
    test = test_definition.evolve(test, read(TEST, 2, "TestTranslated"))
    assert (test.archived, test.version) == (False, 2)
    assert test.archive("key:1").originator_version == 3


def test_what_was_removed_of_a_run_is_counted_on_from_it():
    removed = example("ArtifactsRemoved")
    subject = retention.retention_id(RUN)
    found = retention.replay(RUN, [removed, read(subject, 2, "VideosRemoved")])
    assert found.events == (removed,)
    assert found.remove_artifacts("me", "rule", ()).originator_version == 3


def test_the_log_reads_over_it_and_commands_follow_it(log):
    asked = requested(uuid4())
    log.append(asked)
    append_as_newer(log, asked.originator_id, "RunTeleported", to="Mars")
    log.append(log.run(asked.originator_id).cancel("key:1"))
    topics = [recorded.event.topic for recorded in log.read(0)]
    assert topics == ["RunRequested", "RunTeleported", "RunCancelled"]


def test_a_run_that_only_a_newer_proctor_can_know_is_no_missing_run(log):
    subject = uuid4()
    append_as_newer(log, subject, "RunRequested", class_version=2, wish="all")
    with pytest.raises(TooNewError, match="'RunRequested' that only a newer Proctor knows"):
        log.run(subject)
    with pytest.raises(NotFoundError):
        log.test(subject)
