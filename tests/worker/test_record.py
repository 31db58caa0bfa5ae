"""The record of an attempt: complete, once, and nothing after the lease is lost."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from domain.dispatch import Dispatch
from domain.errors import ConflictError
from executor.browser.outcome import AttemptOutcome, StepOutcome
from executor.claim import claim
from executor.record import LeaseLostError, Record
from executor.watch import watch_log
from runtime.database import connect
from tests.support.examples import FAILURE, requested

PASSED = AttemptOutcome("passed", None, 1.5)
FAILED = AttemptOutcome("failed", FAILURE, 1.5)
LOST = AttemptOutcome("lost", FAILURE, 1.5)


def claimed(log, executor="e1", **said):
    asked = requested(uuid4(), **said)
    log.append(asked)
    run = log.run(asked.originator_id)
    dispatch = Dispatch(run.id, 1, run.priority, run.dispatch_id)
    return claim(log, executor, dispatch, redelivered=False).run


def step(index, *, passed=True):
    kind, message = (None, None) if passed else ("expectation", "no")
    return StepOutcome(index, f"step {index}", index * 0.1, 0.1, passed, kind, message)


def topics(log, run):
    return [recorded.event.TOPIC for recorded in log.history(run.id)][2:]


def conclude(log, run, outcome, *steps):
    async def work():
        record = Record(log, run, "e1")
        writing = asyncio.create_task(record.keep_writing())
        for one in steps:
            record.note(one)
            await asyncio.sleep(0)
        record.stop_writing()
        await writing
        return await record.verdict(outcome)

    return asyncio.run(work())


def test_steps_and_verdict_are_recorded_in_order(log):
    run = claimed(log)
    conclude(log, run, PASSED, step(0), step(1))
    assert topics(log, run) == ["StepPassed", "StepPassed", "RunPassed"]
    assert [r.event.index for r in log.history(run.id)[2:4]] == [0, 1]


def test_a_failure_without_retries_is_the_verdict(log):
    run = claimed(log)
    conclude(log, run, FAILED, step(0, passed=False))
    assert topics(log, run) == ["StepFailed", "RunFailed"]


def test_a_failure_with_retries_left_asks_for_another_attempt(log):
    run = claimed(log, retries=1)
    conclude(log, run, FAILED)
    assert topics(log, run) == ["AttemptFailed", "RunRequeued"]


def test_a_lost_browser_is_not_the_tests_fault(log):
    run = claimed(log)
    conclude(log, run, LOST)
    assert topics(log, run) == ["AttemptLost", "RunRequeued"]


def test_a_priority_changed_meanwhile_does_not_end_the_attempt(log):
    run = claimed(log)
    log.append(log.run(run.id).change_priority("me", 1))
    conclude(log, run, PASSED, step(0))
    assert topics(log, run) == ["PriorityChanged", "StepPassed", "RunPassed"]


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda run: [run.cancel("me")],
        lambda run: run.give_up_attempt("timekeeper", FAILURE),
        lambda run: [run.time_out("timekeeper", error=FAILURE)],
    ],
)
def test_an_attempt_that_lost_its_lease_records_nothing_more(log, meanwhile):
    run = claimed(log)
    log.append(*meanwhile(log.run(run.id)))
    before = topics(log, run)
    with pytest.raises(LeaseLostError):
        conclude(log, run, PASSED, step(0))
    assert topics(log, run) == before


def test_of_two_attempts_the_earlier_is_fenced_even_if_the_executor_has_the_same_name(log):
    run = claimed(log)
    again = claim(log, "e1", Dispatch(run.id, 1, 5, run.dispatch_id), redelivered=True).run
    with pytest.raises(LeaseLostError):
        conclude(log, run, PASSED)
    conclude(log, again, PASSED)
    assert log.run(run.id).status == "passed"


@pytest.mark.parametrize("forgotten", [1, 2])
def test_what_a_crash_of_the_database_forgot_is_recorded_again(log, database_url, forgotten):
    run = claimed(log)
    log.append(log.run(run.id).pass_step("e1", index=0, step="s", started=0.0, duration=0.1))
    log.append(log.run(run.id).pass_step("e1", index=1, step="s", started=0.1, duration=0.1))
    before = log.run(run.id)
    forget(database_url, run.id, forgotten)

    async def work():
        record = Record(log, before, "e1")
        for index in range(3):
            record.note(step(index))
        return await record.verdict(PASSED)

    asyncio.run(work())
    assert topics(log, run) == [*["StepPassed"] * 3, "RunPassed"]
    assert [recorded.event.originator_version for recorded in log.history(run.id)] == [*range(1, 7)]


def forget(url, run_id, count):
    """Takes a run's newest events away, as a crash does before they are on disk."""
    with connect(url, "test") as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "DELETE FROM proctor_events WHERE notification_id IN (SELECT notification_id"
            " FROM proctor_events WHERE originator_id = %s ORDER BY 1 DESC LIMIT %s)",
            (run_id, count),
        )


class Troubled:
    """A log whose first appends go wrong in a given way."""

    def __init__(self, log, *troubles):
        self._log, self._troubles = log, list(troubles)

    def __getattr__(self, name):
        return getattr(self._log, name)

    def append(self, *events, durable=True):
        trouble = self._troubles.pop(0) if self._troubles else None
        if trouble == "down":
            raise OperationalError("down")
        position = self._log.append(*events, durable=durable)
        if trouble == "answer lost":
            raise ConflictError("taken")
        return position


def test_a_verdict_waits_for_a_database_that_is_away(log):
    run = claimed(log)
    conclude(Troubled(log, "down", "down"), run, PASSED)
    assert topics(log, run) == ["RunPassed"]


def test_a_verdict_whose_answer_was_lost_is_not_recorded_twice(log):
    run = claimed(log)
    conclude(Troubled(log, "answer lost"), run, PASSED)
    assert topics(log, run) == ["RunPassed"]


def test_steps_whose_answer_was_lost_are_not_recorded_twice(log):
    run = claimed(log)
    conclude(Troubled(log, "answer lost", "answer lost"), run, PASSED, step(0), step(1))
    assert topics(log, run) == ["StepPassed", "StepPassed", "RunPassed"]


def test_an_attempt_given_back_waits_again_without_counting_as_lost(log):
    run = claimed(log)
    asyncio.run(Record(log, run, "e1").give_back())
    found = log.run(run.id)
    assert (found.status, found.lost_attempts) == ("queued", 0)


def test_the_watch_sees_a_cancellation_that_no_broadcast_told_of(log):
    run = claimed(log)
    log.append(log.run(run.id).cancel("me"))
    with pytest.raises(LeaseLostError, match="RunCancelled by me"):
        asyncio.run(asyncio.wait_for(watch_log(log, run, "e1"), 5))


def test_the_watch_outlives_a_database_that_is_away(log, database_url):
    run = claimed(log)

    async def work():
        watching = asyncio.create_task(watch_log(log, run, "e1"))
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        log.append(log.run(run.id).cancel("me"))
        with pytest.raises(LeaseLostError):
            await asyncio.wait_for(watching, 10)

    asyncio.run(work())
