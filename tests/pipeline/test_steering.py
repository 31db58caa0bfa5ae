"""Steering what is under way: cancel, change urgency, pause, clear."""

from __future__ import annotations

import time

import pytest

from tests.support.deployment import Deployment
from tests.support.waiting import wait_until

SLOW = {"goto": "/slow?seconds=20", "timeout": 30}


@pytest.fixture
def paused(proctor: Deployment):
    proctor.post("/queue/pause")
    yield proctor
    if proctor.get("/queue/status")["paused"]:
        proctor.post("/queue/resume")
    proctor.wait_until_all_over()


def test_a_running_run_that_is_cancelled_stops_within_two_seconds(proctor: Deployment, shop: str):
    run = proctor.submit(SLOW, base_url=shop)
    proctor.wait_for_status(run["id"], "running")
    cancelled = time.monotonic()
    assert proctor.post(f"/runs/{run['id']}/cancel")["status"] == "cancelled"
    wait_until(
        lambda: all(e["state"] == "idle" for e in proctor.get("/queue/status")["executors"]),
        "the executor to be idle again",
        timeout=5,
    )
    assert time.monotonic() - cancelled < 2.5
    types = [event["type"] for event in proctor.events(run["id"])]
    assert types[-1] == "RunCancelled"


def test_a_waiting_run_that_is_cancelled_never_starts(paused: Deployment, shop: str):
    run = paused.submit({"goto": "/"}, base_url=shop)
    paused.post(f"/runs/{run['id']}/cancel")
    paused.post("/queue/resume")
    follower = paused.submit({"goto": "/"}, base_url=shop)
    paused.wait_for_status(follower["id"])
    assert [e["type"] for e in paused.events(run["id"])] == ["RunRequested", "RunCancelled"]


def test_a_run_that_is_over_cannot_be_cancelled(proctor: Deployment, shop: str):
    run = proctor.submit({"goto": "/"}, base_url=shop)
    proctor.wait_for_status(run["id"])
    answer = proctor.http.post(f"/runs/{run['id']}/cancel")
    assert answer.status_code == 409
    assert "is passed" in answer.json()["detail"]


def test_a_run_made_more_urgent_moves_to_the_front(paused: Deployment, shop: str):
    runs = [paused.submit({"goto": "/"}, base_url=shop) for _ in range(3)]
    assert [run["queue_position"] for run in runs] == [1, 2, 3]
    changed = paused.http.patch(f"/runs/{runs[2]['id']}", json={"priority": 1}).json()
    assert (changed["priority"], changed["queue_position"]) == (1, 1)


def test_nothing_starts_while_the_queue_is_paused(paused: Deployment, shop: str):
    run = paused.submit({"goto": "/"}, base_url=shop)
    status = paused.get("/queue/status")
    assert (status["paused"], status["queued"], status["active"]) == (True, 1, 0)
    paused.post("/queue/resume")
    assert paused.wait_for_status(run["id"])["status"] == "passed"


def test_clearing_cancels_every_waiting_run_with_an_event_each(paused: Deployment, shop: str):
    runs = [paused.submit({"goto": "/"}, base_url=shop) for _ in range(4)]
    assert paused.post("/queue/clear") == {"cancelled": 4}
    for run in runs:
        last = paused.events(run["id"])[-1]
        assert last["type"] == "RunCancelled"
        assert last["data"]["error"]["message"] == "the queue was cleared"


@pytest.fixture
def drained(proctor: Deployment):
    """All executors but the first are drained."""
    first, *others = sorted(states(proctor))
    for executor in others:
        proctor.post(f"/executors/{executor}/drain")
    yield first, others
    for executor, state in states(proctor).items():
        if state in {"draining", "drained"}:
            proctor.post(f"/executors/{executor}/resume")
    proctor.wait_until_all_over()


def states(proctor: Deployment) -> dict[str, str]:
    return {e["id"]: e["state"] for e in proctor.get("/queue/status")["executors"]}


def test_drained_executors_take_nothing(proctor: Deployment, drained, shop: str):
    first, _ = drained
    runs = [proctor.submit({"goto": "/"}, base_url=shop) for _ in range(4)]
    ended = [proctor.wait_for_status(run["id"]) for run in runs]
    assert {(run["status"], run["executor"]) for run in ended} == {("passed", first)}


def test_an_executor_that_is_drained_ends_its_run_first(proctor: Deployment, shop: str):
    run = proctor.submit({"goto": "/slow?seconds=2"}, base_url=shop)
    executor = proctor.wait_for_status(run["id"], "running")["executor"]
    proctor.post(f"/executors/{executor}/drain")
    assert states(proctor)[executor] == "draining"
    assert proctor.wait_for_status(run["id"])["status"] == "passed"
    wait_until(lambda: states(proctor)[executor] == "drained", "it to be drained")
    proctor.post(f"/executors/{executor}/resume")
    wait_until(lambda: states(proctor)[executor] == "idle", "it to be back")


def test_what_is_resumed_takes_what_waited(proctor: Deployment, drained, shop: str):
    first, others = drained
    proctor.post(f"/executors/{first}/drain")
    run = proctor.submit({"goto": "/"}, base_url=shop)
    assert proctor.get("/queue/status")["queued"] == 1
    proctor.post(f"/executors/{others[0]}/resume")
    assert proctor.wait_for_status(run["id"])["executor"] == others[0]
