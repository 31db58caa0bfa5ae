"""The queue as its users see it: urgency, order, and never more at once than executors."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from tests.support.deployment import OVER, Deployment
from tests.support.waiting import wait_until

SLOW = {"goto": "/slow?seconds=2", "timeout": 20}


def test_of_eight_runs_five_are_active_and_three_wait_in_priority_order(
    proctor: Deployment, shop: str
):
    priorities = [5, 5, 5, 5, 5, 9, 1, 4]
    proctor.post("/queue/pause")
    runs = proctor.batch(
        *({"name": f"p{p}", "base_url": shop, "priority": p, "steps": [SLOW]} for p in priorities)
    )
    proctor.post("/queue/resume")

    wait_until(lambda: proctor.get("/queue/status")["active"] == 5, "five active runs")
    status = proctor.get("/queue/status")
    assert (status["queued"], status["max_concurrent"], status["available"]) == (3, 5, 0)
    waiting = proctor.get("/runs", status="queued")["items"]
    by_place = sorted(waiting, key=lambda run: run["queue_position"])
    assert [run["queue_position"] for run in by_place] == [1, 2, 3]
    assert [run["priority"] for run in by_place] == [5, 5, 9]

    proctor.wait_until_all_over()
    assert {proctor.run(run["id"])["status"] for run in runs} == {"passed"}


def test_two_hundred_runs_start_in_order_and_never_more_than_five_at_once(
    proctor: Deployment, shop: str
):
    proctor.post("/queue/pause")
    runs = proctor.batch(
        *(
            {"name": f"run {n}", "base_url": shop, "priority": n % 10 + 1, "steps": []}
            for n in range(200)
        )
    )
    proctor.post("/queue/resume")
    proctor.wait_until_all_over(timeout=120)

    events = [event for event in log_of(proctor) if event["run_id"] in {r["id"] for r in runs}]
    verdicts = [event["run_id"] for event in events if event["type"] == "RunPassed"]
    assert sorted(verdicts) == sorted(run["id"] for run in runs)
    assert most_at_once(events) <= 5
    assert inversions(events, {run["id"]: run for run in runs}) == []


def test_statistics_tell_of_the_runs(proctor: Deployment, shop: str):
    run = proctor.submit({"goto": "/"}, base_url=shop)
    proctor.wait_for_status(run["id"])
    total = proctor.get("/queue/statistics")["total"]
    assert total["runs"] == total["passed"] > 0
    assert total["duration_seconds"]["p50"] > 0
    assert total["queue_seconds"]["p99"] >= total["queue_seconds"]["p50"]


def log_of(proctor: Deployment) -> list[dict]:
    found, after = [], 0
    while after is not None:
        page = proctor.get("/events", after=after, limit=1000)
        found += page["items"]
        after = page["next"]
    return found


def most_at_once(events: list[dict]) -> int:
    active, most = 0, 0
    for event in events:
        active += (event["type"] == "RunStarted") - (event["type"] in ENDS)
        most = max(most, active)
    return most


def inversions(events: list[dict], runs: dict[str, dict]) -> list[tuple]:
    """Starts of a run while a more urgent one waited, beyond what five hands already held.

    An executor may have taken a message just before: one delivery per executor is the allowance.
    """
    waiting = dict(runs)
    found = []
    for event in events:
        if event["type"] != "RunStarted":
            continue
        priority = waiting.pop(event["run_id"])["priority"]
        more_urgent = [run for run in waiting.values() if run["priority"] < priority]
        if len(more_urgent) > 5:
            found.append((priority, len(more_urgent)))
    return found


ENDS = {"RunPassed", "RunFailed", "RunErrored", "RunTimedOut", "RunCancelled", "AttemptLost"}
assert len(ENDS) == len(OVER) + 1


def test_executors_say_which_version_they_are_and_since_when(proctor: Deployment):
    def said() -> list[dict]:
        return proctor.get("/queue/status")["executors"]

    wait_until(lambda: len(said()) == 5, "the executors to be heard")
    executors = said()
    assert {executor["version"] for executor in executors} == {version("proctor")}
    began = {datetime.fromisoformat(executor["started"]) for executor in executors}
    assert max(began) < datetime.now(UTC)
