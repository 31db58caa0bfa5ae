"""The relay: what the log asks for is published, and nothing is forgotten in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from dispatcher.relay import Relay
from dispatcher.role import prepare
from domain.dispatch import Dispatch
from runtime.broker.port import BrokerUnavailableError, Control, Depth
from runtime.database import connect
from runtime.follower import Follower
from tests.support.examples import FAILURE, requested


@dataclass
class FakePublisher:
    """Takes what is published, unless it is told to be down."""

    durable: bool = True
    down: bool = False
    published: list[Dispatch] = field(default_factory=list)
    redelivered: list[Dispatch] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    ready: int = 0
    consumers: int = 0

    def depth(self, pool):
        return Depth(self.ready, None, self.consumers)

    def publish(self, dispatches, *, redelivered=False):
        if self.down:
            raise BrokerUnavailableError("down")
        (self.redelivered if redelivered else self.published).extend(dispatches)

    def broadcast(self, control):
        self.controls.append(control)


class Relayed:
    """A relay driven by hand."""

    def __init__(self, url, log, publisher):
        self.url, self.log, self.publisher = url, log, publisher
        prepare(url)
        self.relay = Relay(log, publisher)
        self.follower = Follower(url, log, self.relay)

    def restart(self, publisher=None):
        return Relayed(self.url, self.log, publisher or FakePublisher())

    def prepare(self):
        with connect(self.url, "test") as connection:
            self.relay.prepare(connection)

    def step(self):
        with connect(self.url, "test") as connection:
            self.relay.prepare(connection)
            while self.follower.step(connection):
                pass
        return [dispatch.dispatch_id for dispatch in self.publisher.published]


@pytest.fixture
def relayed(database_url, log):
    return Relayed(database_url, log, FakePublisher())


def submit(log, **said):
    asked = requested(uuid4(), **said)
    log.append(asked)
    return log.run(asked.originator_id)


def started(log, run, executor="e1"):
    log.append(run.start(executor, run.dispatch_id))
    return log.run(run.id)


def test_a_requested_run_is_published_once_with_its_priority(relayed, log):
    run = submit(log, priority=2)
    relayed.step()
    assert relayed.step() == [run.dispatch_id]
    assert relayed.publisher.published[0].priority == 2


def test_the_position_does_not_move_while_the_broker_is_down(relayed, log):
    run = submit(log)
    relayed.publisher.down = True
    with pytest.raises(BrokerUnavailableError):
        relayed.step()
    relayed.publisher.down = False
    assert relayed.step() == [run.dispatch_id]


def test_a_restarted_relay_goes_on_where_the_last_one_ended(relayed, log):
    submit(log)
    relayed.step()
    later = submit(log)
    assert relayed.restart().step() == [later.dispatch_id]


def test_a_run_cancelled_before_it_was_published_is_not_published(relayed, log):
    run = submit(log)
    log.append(run.cancel("me"))
    assert relayed.step() == []


def test_a_cancelled_running_run_is_called_back(relayed, log):
    run = started(log, submit(log))
    relayed.step()
    log.append(run.cancel("me"))
    relayed.step()
    assert relayed.publisher.controls == [Control("cancel", run.id)]


def test_a_requeued_run_is_published_with_its_next_attempt(relayed, log):
    run = started(log, submit(log, retries=1))
    relayed.step()
    log.append(run.fail_attempt("e1", error=FAILURE, duration=1.0))
    log.append(log.run(run.id).requeue("e1"))
    relayed.step()
    last = relayed.publisher.published[-1]
    assert (last.attempt, last.dispatch_id) == (2, log.run(run.id).dispatch_id)


def test_a_changed_priority_is_published_for_a_waiting_run_only(relayed, log):
    waiting, running = submit(log), started(log, submit(log))
    relayed.step()
    log.append(waiting.change_priority("me", 1), running.change_priority("me", 1))
    relayed.step()
    last = relayed.publisher.published[-1]
    assert (last.run_id, last.priority) == (waiting.id, 1)
    assert len(relayed.publisher.published) == 2


def test_a_broker_that_forgets_is_refilled_with_waiting_runs_and_told_of_lost_leases(relayed, log):
    waiting, running, over = submit(log), started(log, submit(log)), submit(log)
    log.append(over.cancel("me"))
    relayed.step()
    forgetful = relayed.restart(FakePublisher(durable=False))
    forgetful.step()
    assert [d.dispatch_id for d in forgetful.publisher.published] == [waiting.dispatch_id]
    assert [d.dispatch_id for d in forgetful.publisher.redelivered] == [running.dispatch_id]


def test_a_refill_knows_of_starts_that_the_killed_process_had_not_relayed_yet(relayed, log):
    seen = submit(log)
    relayed.step()
    started(log, seen)
    unseen = started(log, submit(log))
    waiting = submit(log)
    forgetful = relayed.restart(FakePublisher(durable=False))
    forgetful.step()
    redelivered = [dispatch.dispatch_id for dispatch in forgetful.publisher.redelivered]
    assert sorted(redelivered) == sorted([seen.dispatch_id, unseen.dispatch_id])
    assert [d.dispatch_id for d in forgetful.publisher.published] == [waiting.dispatch_id]


def test_a_relay_that_starts_again_in_the_same_process_does_not_take_leases_away(relayed, log):
    started(log, submit(log))
    relayed.step()
    forgetful = relayed.restart(FakePublisher(durable=False))
    forgetful.prepare()
    forgetful.prepare()
    assert len(forgetful.publisher.redelivered) == 1


def test_a_run_is_published_for_the_pool_it_asks_for(relayed, log):
    submit(log, pool="mobile")
    relayed.step()
    assert relayed.publisher.published[0].pool == "mobile"


def test_a_cleared_queue_is_neither_paused_nor_resumed(relayed, log):
    log.append(log.queue().clear("me", 12))
    relayed.step()
    assert relayed.publisher.controls == []


def test_pausing_and_resuming_is_broadcast(relayed, log):
    log.append(log.queue().pause("me"))
    log.append(log.queue().resume("me"))
    relayed.step()
    assert relayed.publisher.controls == [Control("pause"), Control("resume")]


def test_draining_an_executor_is_broadcast_and_so_is_its_end(relayed, log):
    log.append(log.queue().drain("me", "e1"))
    log.append(log.queue().resume_executor("me", "e1"))
    relayed.step()
    assert relayed.publisher.controls == [Control("drain"), Control("resume")]
