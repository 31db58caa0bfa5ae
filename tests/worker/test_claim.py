"""Claims: of all the messages that may come, in any order, one starts the attempt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from domain.dispatch import Dispatch
from domain.errors import ConflictError
from domain.run import MOST_LOST_ATTEMPTS
from executor.claim import Claimed, Dropped, HeldBack, Unknown, claim
from tests.support.examples import FAILURE, requested


def submit(log, **said):
    asked = requested(uuid4(), **said)
    log.append(asked)
    return log.run(asked.originator_id)


def message(run, dispatch_id=None):
    return Dispatch(run.id, run.attempt + 1, run.priority, dispatch_id or run.dispatch_id)


def take(log, dispatch, executor="e1", *, redelivered=False):
    return claim(log, executor, dispatch, redelivered=redelivered)


def topics(log, run):
    return [recorded.event.TOPIC for recorded in log.history(run.id)]


def test_a_waiting_run_is_claimed(log):
    run = submit(log)
    claimed = take(log, message(run))
    assert isinstance(claimed, Claimed)
    assert (claimed.run.attempt, claimed.run.executor) == (1, "e1")
    assert log.run(run.id) == claimed.run


def test_of_many_executors_with_the_same_message_one_claims(log):
    run = submit(log)
    with ThreadPoolExecutor(4) as threads:
        claims = list(threads.map(lambda name: take(log, message(run), name), "abcd"))
    assert sum(isinstance(found, Claimed) for found in claims) == 1
    assert topics(log, run) == ["RunRequested", "RunStarted"]


def test_a_second_delivery_of_a_running_run_is_dropped(log):
    run = submit(log)
    take(log, message(run))
    assert isinstance(take(log, message(run), "e2"), Dropped)


def test_a_redelivery_of_the_claimed_dispatch_takes_the_lost_run_over(log):
    run = submit(log)
    take(log, message(run))
    taken = take(log, message(run), "e2", redelivered=True)
    assert isinstance(taken, Claimed)
    assert (taken.run.attempt, taken.run.executor) == (2, "e2")
    assert topics(log, run) == ["RunRequested", "RunStarted", "AttemptLost", "RunStarted"]


def test_a_redelivery_of_another_dispatch_takes_nothing_over(log):
    run = submit(log)
    log.append(run.change_priority("me", 1))
    take(log, message(log.run(run.id)))
    assert isinstance(take(log, message(run), "e2", redelivered=True), Dropped)


def test_a_message_that_a_later_one_superseded_is_dropped(log):
    run = submit(log)
    log.append(run.change_priority("me", 9))
    assert take(log, message(run)) == Dropped("superseded by a later dispatch")
    assert isinstance(take(log, message(log.run(run.id))), Claimed)


@pytest.mark.parametrize("redelivered", [False, True])
def test_a_cancelled_run_never_starts(log, redelivered):
    run = submit(log)
    log.append(run.cancel("me"))
    assert take(log, message(run), redelivered=redelivered) == Dropped("the run is cancelled")


def test_a_run_that_lost_every_executor_is_errored_and_dropped(log):
    run = submit(log)
    take(log, message(run))
    for _ in range(MOST_LOST_ATTEMPTS - 1):
        assert isinstance(take(log, message(run), redelivered=True), Claimed)
    assert isinstance(take(log, message(run), redelivered=True), Dropped)
    assert log.run(run.id).status == "errored"


def test_nothing_is_claimed_while_the_queue_is_paused(log):
    run = submit(log)
    log.append(log.queue().pause("me"))
    assert isinstance(take(log, message(run)), HeldBack)
    log.append(log.queue().resume("me"))
    assert isinstance(take(log, message(run)), Claimed)


def test_a_drained_executor_claims_nothing_and_others_do(log):
    run = submit(log)
    log.append(log.queue().drain("me", "e1"))
    assert isinstance(take(log, message(run), "e1"), HeldBack)
    assert isinstance(take(log, message(run), "e2"), Claimed)


def test_an_executor_that_is_resumed_claims_again(log):
    run = submit(log)
    log.append(log.queue().drain("me", "e1"))
    log.append(log.queue().resume_executor("me", "e1"))
    assert isinstance(take(log, message(run), "e1"), Claimed)


def test_a_message_for_a_run_that_nobody_requested_is_known_as_such(log):
    assert isinstance(take(log, Dispatch(uuid4(), 1, 5, "x.1")), Unknown)


class AnswerLost:
    """A log whose first append succeeds but answers as if somebody else had been faster."""

    def __init__(self, log):
        self._log = log
        self._lost = False

    def __getattr__(self, name):
        return getattr(self._log, name)

    def append(self, *events, durable=True):
        position = self._log.append(*events, durable=durable)
        if not self._lost:
            self._lost = True
            raise ConflictError("the answer was lost and the retry found the version taken")
        return position


def test_a_claim_whose_answer_was_lost_is_recognised_as_its_own(log):
    run = submit(log)
    claimed = take(AnswerLost(log), message(run))
    assert isinstance(claimed, Claimed)
    assert topics(log, run) == ["RunRequested", "RunStarted"]


def test_a_retry_is_claimed_by_its_own_dispatch_only(log):
    run = submit(log, retries=1)
    claimed = take(log, message(run)).run
    log.append(claimed.fail_attempt("e1", error=FAILURE, duration=1.0))
    log.append(log.run(run.id).requeue("e1"))
    assert isinstance(take(log, message(run), redelivered=True), Dropped)
    assert isinstance(take(log, message(log.run(run.id))), Claimed)
