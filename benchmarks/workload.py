"""What the pipeline is measured with, and how."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.celery_noop import WARM
from benchmarks.peers.figure import steady_rate
from cli.suite_file import read_suite
from domain.definition import Definition

if TYPE_CHECKING:
    from tests.support.deployment import Deployment

ENDS = {"RunPassed", "RunFailed", "RunErrored", "RunTimedOut", "RunCancelled"}
STEPS = [
    {"goto": "/"},
    {"fill": {"label": "Name", "value": "Ann"}},
    {"click": {"role": "button", "name": "Buy now"}},
    {"expect": {"text": "Thank you, Ann"}},
]


def buy(shop: str, runs: int) -> list[Definition]:
    """The same four steps, many times."""
    raw = {"name": "Buy", "base_url": shop, "steps": STEPS}
    return [Definition.model_validate(raw)] * runs


def suite(shop: str) -> list[Definition]:
    """The example suite twice: 25 tests, one of which takes two attempts and one its whole 3 s."""
    tests = read_suite(Path("examples/shop.yaml")).definitions()
    return [test.model_copy(update={"base_url": shop}) for test in tests] * 2


def named(what: str, shop: str, runs: int) -> list[Definition]:
    """`buy`, so many times, or the `suite`."""
    return buy(shop, runs) if what == "buy" else suite(shop)


def runs_per_second(proctor: Deployment, definitions: list[Definition]) -> float:
    """How many runs a second go through the whole pipeline, first start to last verdict."""
    raw = [as_submitted(definition) for definition in definitions]
    proctor.batch(*raw[:5])  # warm
    proctor.wait_until_all_over()
    before = proctor.get("/queue/status")["position"]
    proctor.batch(*raw)
    wait_quietly(proctor)
    events = log_after(proctor, before)
    times = [datetime.fromisoformat(e["at"]) for e in events if e["type"] in {"RunStarted", *ENDS}]
    assert sum(event["type"] in ENDS for event in events) == len(definitions)
    return len(definitions) / (max(times) - min(times)).total_seconds()


def wait_quietly(proctor: Deployment) -> None:
    """Waits for every verdict, looking once a second: looking all the time would be measured."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        time.sleep(1)
        status = proctor.get("/queue/status")
        if status["queued"] == status["active"] == 0:
            return
    raise TimeoutError("the runs are not over after 600 s")


def no_ops_per_second(proctor: Deployment, runs: int = 2_000) -> float:
    """Runs without steps that all wait already, counted as the peers' tasks are."""
    proctor.post("/queue/pause")
    before = proctor.get("/queue/status")["position"]
    for _ in range(runs // 1_000):
        proctor.batch(*[{"name": "nothing"}] * 1_000)
    proctor.post("/queue/resume")
    wait_quietly(proctor)
    ends = [e["at"] for e in log_after(proctor, before) if e["type"] in ENDS]
    assert len(ends) == runs
    return steady_rate([datetime.fromisoformat(at) for at in ends], WARM)


def submission_to_start(proctor: Deployment, runs: int) -> list[float]:
    """Milliseconds from RunRequested to RunStarted on an idle system, run by run."""
    waited = []
    for _ in range(runs):
        run = proctor.submit(name="nothing")
        waited.append(proctor.wait_for_status(run["id"])["queue_seconds"] * 1000)
    return waited


def submission_to_verdict(proctor: Deployment, definitions: list[Definition]) -> float:
    """Seconds from a batch's submission to its last verdict, both by the log's own times."""
    before = proctor.get("/queue/status")["position"]
    proctor.batch(*map(as_submitted, definitions))
    wait_quietly(proctor)
    times = [datetime.fromisoformat(event["at"]) for event in log_after(proctor, before)]
    return (max(times) - min(times)).total_seconds()


def as_submitted(definition: Definition) -> dict[str, Any]:
    """The definition as a client sends it."""
    return definition.model_dump(mode="json", by_alias=True, exclude_none=True)


def accepted_per_second(proctor: Deployment, clients: int = 50) -> tuple[float, float]:
    """Single submissions of clients at once, and runs in their batches, accepted a second."""
    one, hundred = {"name": "x"}, {"runs": [{"name": "x"}] * 100}
    proctor.post("/queue/pause")
    answered_per_second(proctor, "/runs", one, clients, 500)  # warm
    single = answered_per_second(proctor, "/runs", one, clients, 4_000)
    return single, 100 * answered_per_second(proctor, "/batches", hundred, clients, 150)


def answered_per_second(
    proctor: Deployment, path: str, body: object, clients: int, requests: int
) -> float:
    """POSTs of `body` answered a second, to clients at once in a process of their own."""
    said = [f"{proctor.url}/api/v1{path}", proctor.key, json.dumps(body), clients, requests]
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.clients"],
        input=json.dumps(said), capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return float(answer.stdout)


def log_after(proctor: Deployment, position: int) -> list[dict[str, Any]]:
    """Every event behind `position`."""
    found: list[dict[str, Any]] = []
    after: int | str | None = position
    while after is not None:
        page = proctor.get("/events", after=after, limit=1000)
        found += page["items"]
        after = page["next"]
    return found
