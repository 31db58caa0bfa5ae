"""The reconciler: it finds what the broker lost, and takes a long queue for what it is."""

from __future__ import annotations

import pytest

from dispatcher.reconciler import Reconciler
from runtime.database import connect
from tests.dispatcher.test_relay import FakePublisher, Relayed, started, submit


class Watched:
    """A relay, and a reconciler that looks when it is told to."""

    def __init__(self, url, log):
        self.log = log
        self.relayed = Relayed(url, log, FakePublisher())
        self.publisher = self.relayed.publisher
        self.reconciler = Reconciler(url, log, self.publisher, 2.0)

    def submit(self, count, **said):
        runs = [submit(self.log, **said) for _ in range(count)]
        self.relayed.step()
        self.publisher.ready += count
        return runs

    def start(self, run, executor="e1"):
        """An executor takes the run; the relay hears of it."""
        started(self.log, run, executor)
        self.publisher.ready = max(0, self.publisher.ready - 1)
        self.relayed.step()

    def look(self):
        """Looks once; who was published again."""
        before = len(self.publisher.published)
        with connect(self.relayed.url, "test") as connection:
            self.reconciler.look(connection)
        again = self.publisher.published[before:]
        self.publisher.ready += len(again)
        return [dispatch.run_id for dispatch in again]


@pytest.fixture
def watched(database_url, log):
    return Watched(database_url, log)


def test_a_purged_queue_is_refilled_at_the_second_look(watched):
    runs = watched.submit(50)
    watched.publisher.ready = 0
    assert watched.look() == []
    assert watched.look() == [run.id for run in runs]


def test_it_is_refilled_once(watched):
    watched.submit(50)
    watched.publisher.ready = 0
    watched.look()
    watched.look()
    assert watched.look() == watched.look() == []


def test_a_long_queue_is_not_a_lost_one(watched):
    watched.submit(50)
    for _ in range(5):
        assert watched.look() == []


def test_messages_nobody_needs_any_more_are_not_missed(watched):
    runs = watched.submit(3)
    watched.log.append(runs[0].cancel("me"))
    watched.relayed.step()
    assert watched.look() == watched.look() == []


def test_a_few_lost_runs_are_found_while_every_executor_is_idle(watched):
    runs = watched.submit(3)
    watched.publisher.ready, watched.publisher.consumers = 0, 5
    assert watched.look() == []
    assert watched.look() == [run.id for run in runs]


def test_a_run_in_an_executors_hand_is_not_published_again(watched):
    runs = watched.submit(2)
    watched.publisher.ready, watched.publisher.consumers = 1, 5
    assert watched.look() == []
    watched.start(runs[0])
    watched.publisher.ready = 0
    assert watched.look() == []  # The next one is in hand now, and was not suspected before.


def test_only_what_was_asked_for_before_the_loss_is_published_again(watched):
    runs = watched.submit(20)
    watched.publisher.ready = 0
    watched.look()
    watched.submit(5)
    assert watched.look() == [run.id for run in runs]


def test_each_pool_is_compared_with_its_own_queue(watched, monkeypatch):
    mobile = watched.submit(2, pool="mobile")
    watched.submit(1)
    ready = {"mobile": 0, "default": 1}
    depth = type(watched.publisher.depth("x"))
    monkeypatch.setattr(watched.publisher, "depth", lambda pool: depth(ready[pool], None, 0))
    watched.look()
    assert watched.look() == [run.id for run in mobile]
