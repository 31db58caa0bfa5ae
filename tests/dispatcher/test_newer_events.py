"""What a newer Proctor wrote: it stops nothing here, and whoever knows it goes back to it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from domain.run_events import RunRequested
from tests.dispatcher import test_ageing, test_timekeeper
from tests.dispatcher.test_relay import FakePublisher, Relayed, started, submit
from tests.support.newer import append_as_newer


@pytest.fixture
def relayed(database_url, log):
    return Relayed(database_url, log, FakePublisher())


def requested_by_newer(log, **said):
    """A run that was asked for in a form that only a newer Proctor knows; its id."""
    run = submit(log, **said)
    facts = log.history(run.id)[0].event.data()
    newer = uuid4()
    append_as_newer(log, newer, "RunRequested", class_version=2, **facts)
    return newer


@pytest.fixture
def upgraded(monkeypatch):
    """Has this Proctor know the newer form."""

    def upgrade():
        monkeypatch.setattr(RunRequested, "class_version", 2)
        same = staticmethod(lambda _: None)
        monkeypatch.setattr(RunRequested, "upcast_v1_v2", same, raising=False)

    return upgrade


def test_what_follows_it_is_published(relayed, log):
    append_as_newer(log, uuid4(), "RunTeleported")
    requested_by_newer(log)
    late = submit(log)
    assert relayed.step()[-1] == late.dispatch_id


def test_a_run_it_is_about_goes_on(relayed, log):
    run = submit(log)
    append_as_newer(log, run.id, "RunTeleported")
    relayed.step()
    log.append(log.run(run.id).change_priority("key:1", 1))
    assert relayed.step() == [run.dispatch_id, log.run(run.id).dispatch_id]


def test_a_cancellation_in_a_newer_form_stops_the_executor(relayed, log):
    run = started(log, submit(log))
    relayed.step()
    append_as_newer(log, run.id, "RunCancelled", class_version=2, why="because")
    relayed.step()
    (control,) = relayed.publisher.controls
    assert (control.kind, control.run_id) == ("cancel", run.id)


def test_a_run_that_was_passed_over_is_published_by_whoever_knows_it(relayed, log, upgraded):
    newer = requested_by_newer(log)
    late = submit(log)
    relayed.step()
    relayed.restart().step()
    upgraded()
    found = relayed.restart().step()
    assert f"{newer}.1" in found
    assert late.dispatch_id in found
    assert relayed.restart().step() == []


def test_the_timekeeper_and_ageing_see_to_the_others(relayed, log, upgraded, monkeypatch):
    """As when a newer dispatcher led before, and took note of the run."""
    running, waiting = requested_by_newer(log), requested_by_newer(log)
    upgraded()
    started(log, log.run(running))
    relayed.step()
    monkeypatch.undo()
    late, patient = started(log, submit(log, timeout=10.0)), submit(log, priority=5)
    test_timekeeper.look(relayed, age=100.0)
    assert log.run(late.id).status == "timed_out"
    test_ageing.look(relayed, age=test_ageing.INTERVAL + 1)
    assert log.run(patient.id).priority == 4
    assert [len(log.history(run)) for run in (running, waiting)] == [2, 1]
