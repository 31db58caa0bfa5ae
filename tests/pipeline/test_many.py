"""Two of every role and five executors: they share the work, and any of them may go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx
import pytest

from runtime.broker.rabbitmq.topology import run_queue
from tests.support.deployment import PROCTOR, Deployment, process, separate
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.rabbitmq import RabbitServer

ENDS = {"RunPassed", "RunFailed", "RunErrored", "RunTimedOut", "RunCancelled"}
DISPATCHERS = ["dispatcher", "dispatcher-2"]

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def many(tmp_path: Path, database_url: str, rabbit_url: str):
    with separate(tmp_path, database_url, rabbit_url, copies=2) as proctor:
        yield proctor


def log_of(proctor: Deployment) -> list[dict]:
    found, after = [], 0
    while after is not None:
        page = proctor.get("/events", after=after, limit=1000)
        found += page["items"]
        after = page["next"]
    return found


def verdicts(proctor: Deployment) -> Counter[tuple[str, str]]:
    """How often each run came to each verdict."""
    return Counter(
        (event["run_id"], event["type"]) for event in log_of(proctor) if event["type"] in ENDS
    )


def each_passed_once(proctor: Deployment, runs: list[dict]) -> bool:
    return verdicts(proctor) == Counter((run["id"], "RunPassed") for run in runs)


def leads(proctor: Deployment, role: str) -> bool:
    said = (proctor.data_dir / f"{role}.log").read_text()
    return said.count("leadership.won") > said.count("leadership.left")


def short(shop: str, count: int) -> list[dict]:
    return [
        {"name": f"run {n}", "base_url": shop, "steps": [{"goto": "/"}] * (n % 2)}
        for n in range(count)
    ]


def test_both_of_every_role_work_and_count_nothing_twice(many: Deployment, shop: str):
    runs = many.batch(*short(shop, 60))
    many.wait_until_all_over(timeout=120)
    assert each_passed_once(many, runs)
    assert {event["by"] for event in log_of(many) if event["type"] == "RunStarted"} == {
        f"executor-{n}" for n in range(1, 6)
    }
    with httpx.Client(headers=many.http.headers) as other:  # a connection of its own to any worker
        total = other.get(f"{many.url}/api/v1/queue/statistics").json()["total"]
    assert (total["runs"], total["passed"]) == (60, 60)
    assert sum(leads(many, role) for role in DISPATCHERS) == 1


@pytest.mark.parametrize("killed", ["the leader", "the one that waits"])
def test_a_killed_dispatcher_loses_nothing(many: Deployment, shop: str, killed: str):
    wait_until(lambda: any(leads(many, role) for role in DISPATCHERS), "a leader")
    leader, waiting = sorted(DISPATCHERS, key=lambda role: not leads(many, role))
    runs = many.batch(*short(shop, 40))
    wait_until(lambda: many.get("/queue/statistics")["total"]["passed"] > 0, "a first verdict", 60)
    many.processes[leader if killed == "the leader" else waiting].kill()
    runs += many.batch(*short(shop, 20))
    many.wait_until_all_over(timeout=120)
    assert each_passed_once(many, runs)
    assert leads(many, waiting) == (killed == "the leader")


def test_a_purged_queue_refills_and_every_run_ends_once(
    many: Deployment, rabbit_url: str, rabbit_server: RabbitServer, shop: str
):
    """A paused executor may keep the one message that it has in hand."""
    many.post("/queue/pause")
    runs = many.batch(*short(shop, 50))
    wait_until(lambda: ready(many) >= 45, "the messages to be in the broker")
    rabbit_server.purge(rabbit_url, run_queue("default"))
    wait_until(lambda: ready(many) == 0, "an empty queue")
    wait_until(lambda: ready(many) >= 45, "the queue to be filled again", timeout=2 * 2 + 3)
    many.post("/queue/resume")
    many.wait_until_all_over(timeout=120)
    assert each_passed_once(many, runs)


def test_a_run_waits_for_an_executor_of_its_own_pool(
    tmp_path: Path, database_url: str, rabbit_url: str, shop: str
):
    with separate(
        tmp_path, database_url, rabbit_url, executors=1, PROCTOR_POOLS="default,big"
    ) as proctor:
        run = proctor.submit(name="for a big one", base_url=shop, pool="big")
        other = proctor.submit(name="for any", base_url=shop)
        proctor.wait_for_status(other["id"], "passed")
        pool = next(p for p in proctor.get("/queue/status")["pools"] if p["name"] == "big")
        assert (pool["queued"], pool["executors"]) == (1, 0)
        assert "PROCTOR_POOL=big" in pool["trouble"]
        command = [PROCTOR, "executor", "--id", "large", "--pool", "big"]
        with process(command, tmp_path / "large.log", proctor.environment):
            assert proctor.wait_for_status(run["id"], timeout=60)["executor"] == "large"


def ready(proctor: Deployment) -> int:
    """How many messages wait in the broker."""
    return proctor.get("/queue/status")["broker"]["ready"]
