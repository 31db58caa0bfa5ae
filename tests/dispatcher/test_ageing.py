"""Ageing: whoever waits becomes more urgent, one level an interval."""

from __future__ import annotations

import pytest

from dispatcher.ageing import Ageing
from runtime.database import connect
from tests.dispatcher.test_relay import FakePublisher, Relayed, started, submit

INTERVAL = 600.0


@pytest.fixture
def relayed(database_url, log):
    return Relayed(database_url, log, FakePublisher())


def look(relayed, *, age, interval=INTERVAL):
    """Lets ageing look once after everybody waited `age` seconds more."""
    relayed.step()
    with connect(relayed.url, "test") as connection:
        connection.execute(
            "UPDATE dispatch.open_runs"
            " SET waiting_since = waiting_since - make_interval(secs => %s)",
            (age,),
        )
        Ageing(relayed.log, interval).look(connection)
    relayed.step()


def test_a_run_that_waited_an_interval_is_one_level_more_urgent(relayed, log):
    run = submit(log, priority=5)
    look(relayed, age=INTERVAL + 1)
    change = log.history(run.id)[-1].event
    assert (change.TOPIC, change.priority, change.by) == ("PriorityChanged", 4, "ageing")
    assert relayed.publisher.published[-1].priority == 4


def test_the_older_message_is_a_no_op_afterwards(relayed, log):
    run = submit(log)
    look(relayed, age=INTERVAL + 1)
    first, second = relayed.publisher.published
    assert first.dispatch_id != second.dispatch_id == log.run(run.id).dispatch_id


def test_the_next_level_needs_another_interval(relayed, log):
    run = submit(log, priority=5)
    look(relayed, age=INTERVAL + 1)
    look(relayed, age=INTERVAL - 60)
    assert log.run(run.id).priority == 4
    look(relayed, age=61)
    assert log.run(run.id).priority == 3


def test_a_run_that_has_not_waited_long_is_left_alone(relayed, log):
    run = submit(log)
    look(relayed, age=INTERVAL - 60)
    assert log.run(run.id).version == 1


def test_nothing_is_more_urgent_than_the_most_urgent(relayed, log):
    run = submit(log, priority=1)
    look(relayed, age=INTERVAL * 10)
    assert log.run(run.id).version == 1


def test_a_running_run_does_not_age(relayed, log):
    run = started(log, submit(log))
    look(relayed, age=INTERVAL * 10)
    assert log.run(run.id).priority == 5


def test_a_run_that_was_raised_is_not_raised_again_by_a_relay_that_is_behind(relayed, log):
    run = submit(log, priority=5)
    look(relayed, age=INTERVAL + 1)
    with connect(relayed.url, "test") as connection:
        connection.execute(
            "UPDATE dispatch.open_runs SET waiting_since = '2000-01-01', dispatch_id = %s",
            (run.dispatch_id,),
        )
        Ageing(log, INTERVAL).look(connection)
    assert log.run(run.id).priority == 4


def test_an_interval_of_zero_turns_ageing_off(relayed, log):
    run = submit(log)
    look(relayed, age=1_000_000, interval=0)
    assert log.run(run.id).version == 1
