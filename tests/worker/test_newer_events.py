"""An executor of an older Proctor beside newer ones: it leaves them what it does not know."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from domain.dispatch import Dispatch
from executor.claim import Claimed, Dropped, claim
from executor.record import LeaseLostError
from executor.watch import watch_log
from tests.support.newer import append_as_newer
from tests.worker.test_claim import message, submit, take
from tests.worker.test_record import PASSED, claimed, conclude, step


def test_a_run_that_it_cannot_know_is_left_to_a_newer_executor(log):
    run = uuid4()
    append_as_newer(log, run, "RunRequested", class_version=2, wish="all")
    found = claim(log, "e1", Dispatch(run, 1, 5, f"{run}.1"), redelivered=False)
    assert isinstance(found, Dropped)
    assert "only a newer Proctor knows" in found.reason
    assert len(log.history(run)) == 1


def test_a_run_with_an_event_it_does_not_know_is_claimed_all_the_same(log):
    run = submit(log)
    append_as_newer(log, run.id, "RunNoted", note="look at this one")
    found = take(log, message(run))
    assert isinstance(found, Claimed)
    assert found.run.version == 3


def test_what_it_does_not_know_does_not_get_in_between_steps_and_verdict(log):
    run = claimed(log)
    append_as_newer(log, run.id, "RunNoted", note="running well")
    conclude(log, run, PASSED, step(0))
    stored = [recorded.event.topic for recorded in log.history(run.id)]
    assert stored[2:] == ["RunNoted", "StepPassed", "RunPassed"]


def test_a_verdict_in_a_newer_form_ends_the_attempt(log):
    run = claimed(log)
    append_as_newer(log, run.id, "RunCancelled", class_version=2, why="because")
    with pytest.raises(LeaseLostError):
        conclude(log, run, PASSED, step(0))
    with pytest.raises(LeaseLostError, match="RunCancelled by key:1"):
        asyncio.run(asyncio.wait_for(watch_log(log, run, "e1"), 5))
    assert len(log.history(run.id)) == 3
