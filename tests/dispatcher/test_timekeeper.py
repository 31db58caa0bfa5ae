"""The timekeeper: nothing runs for ever, and nothing stays with a dead executor."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from dispatcher.ageing import Ageing
from dispatcher.roster import SILENCE, Roster
from dispatcher.timekeeper import Timekeeper
from domain.run import MOST_LOST_ATTEMPTS
from runtime.broker.port import Presence
from runtime.database import connect
from tests.dispatcher.test_relay import FakePublisher, Relayed, started, submit
from tests.support.examples import requested


class FakeRoster:
    def __init__(self, *dead: str, denied: tuple[UUID, ...] = ()) -> None:
        self.dead, self.denied = set(dead), denied

    def silent(self, executor: str) -> bool:
        return executor in self.dead

    def denies(self, executor: str, run_id: UUID) -> bool:
        return run_id in self.denied


@pytest.fixture
def relayed(database_url, log):
    return Relayed(database_url, log, FakePublisher())


def look(relayed, roster=None, *, age: float = 0.0):
    """Lets the timekeeper look once at runs whose start was seen `age` seconds ago."""
    relayed.step()
    roster = roster or FakeRoster()
    timekeeper = Timekeeper(relayed.url, relayed.log, roster, Ageing(relayed.log, 600), 2.0)
    with connect(relayed.url, "test") as connection:
        connection.execute(
            "UPDATE dispatch.open_runs"
            " SET running_since = running_since - make_interval(secs => %s)",
            (age,),
        )
        timekeeper.look(connection)


def test_a_run_whose_executor_never_reported_is_timed_out(relayed, log):
    run = started(log, submit(log, timeout=10.0))
    look(relayed, age=14.5)
    ended = log.history(run.id)[-1].event
    assert ended.TOPIC == "RunTimedOut"
    assert "executor e1 recorded no verdict" in ended.error.message


def test_a_run_within_its_time_and_grace_is_left_alone(relayed, log):
    run = started(log, submit(log, timeout=10.0))
    look(relayed, age=13.0)
    assert log.run(run.id).status == "running"


def test_an_attempt_of_a_dead_executor_is_requeued(relayed, log):
    run = started(log, submit(log))
    look(relayed, FakeRoster("e1"))
    topics = [recorded.event.TOPIC for recorded in log.history(run.id)]
    assert topics[-2:] == ["AttemptLost", "RunRequeued"]


def test_an_attempt_whose_executor_came_back_without_it_is_requeued(relayed, log):
    run = started(log, submit(log))
    denying = FakeRoster(denied=(run.id,))
    look(relayed, denying, age=SILENCE - 1)
    assert log.run(run.id).status == "running"
    look(relayed, denying, age=2)
    lost, _ = log.history(run.id)[-2:]
    assert lost.event.error.message == "executor e1 started again, without the run"
    assert log.run(run.id).status == "queued"


def test_a_run_that_kills_every_executor_ends_errored(relayed, log):
    run = submit(log)
    for _ in range(MOST_LOST_ATTEMPTS):
        started(log, log.run(run.id))
        look(relayed, FakeRoster("e1"))
    assert log.run(run.id).status == "errored"


def test_a_verdict_the_relay_has_not_seen_yet_is_respected(relayed, log):
    run = started(log, submit(log, timeout=10.0))
    relayed.step()
    log.append(run.pass_("e1", duration=1.0))
    timekeeper = Timekeeper(relayed.url, log, FakeRoster("e1"), Ageing(log, 600), 2.0)
    with connect(relayed.url, "test") as connection:
        timekeeper.look(connection)
    assert log.run(run.id).status == "passed"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class ConnectedPublisher:
    def __init__(self) -> None:
        self.since: float | None = 1000.0

    def on_presence(self, heard):
        self.heard = heard

    def connected_since(self):
        return self.since


@pytest.fixture
def clock():
    return Clock()


def say(publisher, state="idle", run_id=None):
    publisher.heard(Presence("e1", state, run_id, "2026-11-23T12:00:00+00:00"))


def test_an_executor_denies_a_run_when_it_has_said_otherwise_for_a_while(clock):
    publisher, run = ConnectedPublisher(), uuid4()
    roster = Roster(publisher, clock)
    assert not roster.denies("e1", run)
    say(publisher, "running", run)
    clock.now += 100
    assert not roster.denies("e1", run)
    say(publisher)
    clock.now += SILENCE - 1
    say(publisher)
    assert not roster.denies("e1", run)
    clock.now += 2
    assert roster.denies("e1", run)
    say(publisher, "gone")
    assert not roster.denies("e1", run)


def test_an_executor_is_silent_when_it_has_not_been_heard_for_a_while(clock):
    publisher = ConnectedPublisher()
    roster = Roster(publisher, clock)
    say(publisher)
    clock.now += SILENCE - 1
    assert not roster.silent("e1")
    clock.now += 2
    assert roster.silent("e1")


def test_nobody_is_silent_to_a_dispatcher_that_was_cut_off_itself(clock):
    publisher = ConnectedPublisher()
    roster = Roster(publisher, clock)
    clock.now += 100
    publisher.since = None
    assert not roster.silent("e1")
    publisher.since = clock.now - 1
    assert not roster.silent("e1")


def test_an_unknown_run_is_no_reason_to_stop_keeping_time(relayed, log):
    log.append(requested(uuid4()))
    look(relayed)
