"""Every role a process of its own, on RabbitMQ: killed, stopped, drained, one after the other."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.deployment import (
    PROCTOR,
    Deployment,
    end,
    process,
    separate,
)
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

SLOW = {"goto": "/slow?seconds=3", "timeout": 20}


@pytest.fixture
def two(tmp_path: Path, database_url: str, rabbit_url: str):
    """A deployment with two executors, which give their runs back at once when told to stop."""
    with separate(tmp_path, database_url, rabbit_url, executors=2) as proctor:
        yield proctor


def types(proctor: Deployment, run: dict) -> list[str]:
    return [event["type"] for event in proctor.events(run["id"])]


def executor_of(proctor: Deployment, run: dict) -> str:
    return proctor.wait_for_status(run["id"], "running")["executor"]


def test_a_killed_executors_run_is_taken_over_by_another(two: Deployment, shop: str):
    run = two.submit(SLOW, base_url=shop)
    holder = executor_of(two, run)
    two.processes[holder].kill()
    ended = two.wait_for_status(run["id"], timeout=40)
    assert (ended["status"], ended["attempt"]) == ("passed", 2)
    assert ended["executor"] != holder
    assert types(two, run).count("RunPassed") == 1
    assert "AttemptLost" in types(two, run)


def test_an_executor_told_to_stop_gives_its_run_back_uncounted(two: Deployment, shop: str):
    run = two.submit(SLOW, base_url=shop)
    holder = executor_of(two, run)
    children = psutil.Process(two.processes[holder].pid).children(recursive=True)
    end(two.processes[holder])
    ended = two.wait_for_status(run["id"], timeout=40)
    assert (ended["status"], ended["attempt"]) == ("passed", 2)
    lost = next(e for e in two.events(run["id"]) if e["type"] == "AttemptLost")
    assert lost["data"]["error"]["kind"] == "drained"
    wait_until(lambda: not any(c.is_running() for c in children), "its browser to be gone")


def test_a_stopped_executor_is_fenced_when_it_comes_back(two: Deployment, shop: str):
    run = two.submit(SLOW, base_url=shop)
    holder = executor_of(two, run)
    os.kill(two.processes[holder].pid, signal.SIGSTOP)
    two.wait_for_status(run["id"], timeout=60)
    os.kill(two.processes[holder].pid, signal.SIGCONT)
    wait_until(lambda: len(two.get("/queue/status")["executors"]) == 2, "it to be back", timeout=60)
    events = two.events(run["id"])
    assert [e["version"] for e in events] == list(range(1, len(events) + 1))
    assert types(two, run)[-1] == "RunPassed"
    after_loss = types(two, run)[types(two, run).index("AttemptLost") :]
    assert all(e["by"] != holder for e in events[-len(after_loss) + 1 :])


@pytest.mark.parametrize("role", ["dispatcher", "projections"])
def test_a_killed_role_catches_up_when_it_is_started_again(two: Deployment, shop: str, role: str):
    two.processes[role].kill()
    two.processes[role].wait(10)
    two.batch(*[{"name": "x", "base_url": shop, "steps": [{"goto": "/"}]}] * 5)
    log = two.data_dir / f"{role}-again.log"
    with process([PROCTOR, role], log, two.environment):
        wait_until(lambda: two.get("/queue/statistics")["total"]["passed"] == 5, "all to pass", 60)


def test_a_run_cancelled_while_it_runs_stops_within_two_seconds(two: Deployment, shop: str):
    run = two.submit(SLOW, base_url=shop)
    executor_of(two, run)
    two.post(f"/runs/{run['id']}/cancel")
    wait_until(
        lambda: all(e["state"] == "idle" for e in two.get("/queue/status")["executors"]),
        "the executor to be idle",
        timeout=2.5,
    )
    assert types(two, run)[-1] == "RunCancelled"


def test_a_drained_executor_leaves_every_run_to_the_other(two: Deployment, shop: str):
    drained, other = (e["id"] for e in two.get("/queue/status")["executors"])
    two.post(f"/executors/{drained}/drain")
    runs = [two.submit({"goto": "/"}, base_url=shop) for _ in range(4)]
    for run in runs:
        assert two.wait_for_status(run["id"])["executor"] == other
    two.post(f"/executors/{drained}/resume")
    two.post(f"/executors/{other}/drain")
    last = two.submit({"goto": "/"}, base_url=shop)
    assert two.wait_for_status(last["id"])["executor"] == drained
