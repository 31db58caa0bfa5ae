"""A run kills its executor every time: it ends errored, and the others are unharmed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from domain.run import MOST_LOST_ATTEMPTS
from domain.run_events import RunStarted
from tests.chaos.aim import executor_on_port
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault
from tests.chaos.oracle.finding import Finding
from tests.chaos.oracle.history import History
from tests.support.waiting import wait_until

_RUNS = 2
_PATIENCE = 60.0


class RunPoisonous(Fault):
    about = "two runs kill their executor at every attempt"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def __init__(self) -> None:
        self._kills = 0

    def more_runs(self) -> Sequence[dict[str, Any]]:
        poison = {"name": "poison", "priority": 1, "steps": [{"goto": "/poison"}]}
        return [poison | {"expect": "errored"}] * _RUNS

    def prepare(self, deployment: Deployment) -> None:
        self._kills = 0

        def kill(port: int) -> None:
            executor_on_port(deployment, port).kill()
            self._kills += 1

        deployment.site.on_poison = kill

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        wait_until(
            lambda: self._kills >= _RUNS * MOST_LOST_ATTEMPTS, "the poison to be used up", _PATIENCE
        )

    def judge(self, history: History) -> Iterator[Finding]:
        for run_id, event in history.requests():
            if event.definition.name == "poison":
                events = [recorded.event for recorded in history.runs[run_id]]
                attempts = sum(isinstance(event, RunStarted) for event in events)
                if attempts != MOST_LOST_ATTEMPTS:
                    yield Finding("promise", f"poison was tried {attempts} times", run_id)


FAULT = RunPoisonous()
