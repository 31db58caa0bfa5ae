"""The log on PostgreSQL: appends at a version, reads in order."""

from __future__ import annotations

from uuid import uuid4

import pytest

from domain.errors import ConflictError, NotFoundError
from domain.run import evolve
from tests.support.examples import every_event, requested


def test_what_was_appended_is_read_in_order_with_growing_positions(log):
    first, second = requested(uuid4()), requested(uuid4())
    log.append(first, second)
    found = log.read(0)
    assert [recorded.event for recorded in found] == [first, second]
    assert found[0].position < found[1].position == log.head()


def test_a_run_is_what_its_events_amount_to(log):
    asked = requested(uuid4())
    log.append(asked)
    run = log.run(asked.originator_id)
    log.append(run.start("e", run.dispatch_id), durable=False)
    assert log.run(asked.originator_id).status == "running"
    assert [r.event.TOPIC for r in log.history(run.id)] == ["RunRequested", "RunStarted"]


def test_of_two_appends_at_one_version_one_wins_and_the_other_writes_nothing(log):
    asked = requested(uuid4())
    log.append(asked)
    run = evolve(None, asked)
    log.append(run.start("e1", "d"))
    with pytest.raises(ConflictError):
        log.append(run.start("e2", "d"), requested(uuid4()))
    assert log.run(asked.originator_id).executor == "e1"
    assert len(log.read(0)) == 2


def test_nothing_is_appended_behind_an_event_that_is_not_there(log):
    asked = requested(uuid4())
    started = evolve(None, asked).start("e1", "d")
    with pytest.raises(ConflictError):
        log.append(started)
    log.append(asked, started)
    assert log.head() == 3  # A position is gone with what was refused: gaps are legal.


def test_an_unknown_id_is_not_found(log):
    with pytest.raises(NotFoundError, match="there is no run"):
        log.run(uuid4())


def test_an_id_of_another_kind_is_not_found_either(log):
    asked = requested(uuid4())
    log.append(asked)
    with pytest.raises(NotFoundError, match="there is no test"):
        log.test(asked.originator_id)


def test_every_event_survives_the_store(log):
    wanted = {event.TOPIC: event for event in every_event()}
    for event in wanted.values():
        alone = {"originator_id": uuid4(), "originator_version": 1}
        log.append(event.model_copy(update=alone))
    read = [recorded.event for recorded in log.read(0)]
    assert [event.TOPIC for event in read] == list(wanted)
    assert [event.data() for event in read] == [event.data() for event in wanted.values()]
