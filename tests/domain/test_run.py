"""The run's life: what each command needs, and what each event leads to."""

from __future__ import annotations

import pytest

from domain.errors import IllegalTransitionError
from domain.run import DRAINED, MOST_LOST_ATTEMPTS, Run, evolve
from domain.run_events import Failure, RunEvent
from tests.support.examples import FAILURE, requested

LOST = Failure(kind="lease_lost", message="gone")


def queued(**said) -> Run:
    return evolve(None, requested(**said))


def running(**said) -> Run:
    run = queued(**said)
    return evolve(run, run.start("e1", run.dispatch_id))


def after(run: Run, *events: RunEvent) -> Run:
    for event in events:
        run = evolve(run, event)
    return run


def test_a_requested_run_waits():
    assert (queued().status, queued().attempt, queued().priority) == ("queued", 0, 5)


def test_a_started_run_remembers_who_claimed_it_by_which_dispatch():
    run = running()
    assert (run.status, run.attempt, run.executor) == ("running", 1, "e1")
    assert run.claimed_by == f"{run.id}.1"


def test_a_running_run_cannot_be_started_again_and_the_error_names_its_state():
    with pytest.raises(IllegalTransitionError, match=r"is running: cannot start it"):
        running().start("e2", "x")


def test_nothing_follows_a_verdict():
    run = after(running(), running().pass_("e1", duration=1.0))
    for command in (
        lambda: run.start("e", "d"),
        lambda: run.cancel("me"),
        lambda: run.change_priority("me", 1),
        lambda: run.pass_step("e", index=0, step="x", started=0, duration=0),
        lambda: run.fail("e", error=FAILURE),
        lambda: run.lose_attempt("e", LOST),
    ):
        with pytest.raises(IllegalTransitionError, match="is passed"):
            command()


def test_a_failed_attempt_is_tried_again_while_retries_are_left():
    run = running(retries=1)
    assert run.may_retry
    failed = run.fail_attempt("e1", error=FAILURE, duration=1.0)
    run = after(run, failed)
    run = after(run, run.requeue("e1"))
    assert (run.status, run.executor) == ("queued", None)
    run = after(run, run.start("e2", run.dispatch_id))
    assert run.attempt == 2
    assert not run.may_retry


def test_a_run_that_passes_after_a_failed_attempt_is_flaky():
    run = running(retries=1)
    run = after(run, run.fail_attempt("e1", error=FAILURE, duration=1.0))
    run = after(run, run.start("e2", run.dispatch_id))
    assert run.pass_("e2", duration=1.0).flaky


def test_a_run_that_passes_at_once_is_not_flaky():
    assert not running().pass_("e1", duration=1.0).flaky


def test_requeueing_asks_for_a_new_dispatch_so_the_old_message_is_superseded():
    run = running(retries=1)
    before = run.dispatch_id
    run = after(run, run.fail_attempt("e1", error=FAILURE, duration=1.0))
    run = after(run, run.requeue("e1"))
    assert run.dispatch_id != before


def test_changing_the_priority_of_a_waiting_run_asks_for_a_new_dispatch():
    run = queued()
    changed = after(run, run.change_priority("me", 1))
    assert changed.priority == 1
    assert changed.dispatch_id != run.dispatch_id


def test_changing_the_priority_of_a_running_run_leaves_its_lease_alone():
    run = running()
    changed = after(run, run.change_priority("me", 1))
    assert (changed.priority, changed.dispatch_id) == (1, run.dispatch_id)


def test_a_run_that_loses_every_executor_ends_errored():
    run = running()
    for _ in range(MOST_LOST_ATTEMPTS - 1):
        run = after(run, *run.give_up_attempt("timekeeper", LOST))
        run = after(run, run.start("e", run.dispatch_id))
    assert after(run, *run.give_up_attempt("timekeeper", LOST)).status == "errored"


def test_an_attempt_given_back_by_a_stopping_executor_does_not_count_as_lost():
    run = running()
    given_back = Failure(kind=DRAINED, message="stopping")
    assert after(run, run.lose_attempt("e1", given_back)).lost_attempts == 0


def test_steps_are_counted_per_attempt():
    run = running(retries=1)
    step = {"index": 0, "step": "goto /", "started": 0.0, "duration": 0.1}
    run = after(run, run.pass_step("e1", **step))
    assert run.happenings == 1
    run = after(run, run.fail_attempt("e1", error=FAILURE, duration=1.0))
    assert after(run, run.start("e2", run.dispatch_id)).happenings == 0


def test_an_event_out_of_order_is_refused():
    run = queued()
    with pytest.raises(ValueError, match="does not follow"):
        evolve(running(), run.start("e", "d"))
