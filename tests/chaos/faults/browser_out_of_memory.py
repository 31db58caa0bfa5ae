"""Pages eat all the memory that executors and browsers may have."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, PATIENCE, Fault
from tests.chaos.memory_limit import MemoryLimit
from tests.support.waiting import wait_until

_MORE_MB = 500


class BrowserOutOfMemory(Fault):
    about = "three pages that allocate without end, in a control group with 500 MB to spare"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def __init__(self) -> None:
        self._limit = MemoryLimit()

    def more_runs(self) -> Sequence[dict[str, Any]]:
        steps = [{"goto": "/hog"}, {"expect": {"text": "Never"}, "timeout": 6}]
        return [{"name": "hog", "priority": 1, "steps": steps, "expect": "failed"}] * 3

    def prepare(self, deployment: Deployment) -> None:
        # Before the first request: what a page has eaten by then would be within the limit.
        self._limit.begin([executor.pid for executor in deployment.executors], _MORE_MB)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        wait_until(lambda: self._limit.met is not False, "a browser to be out of memory", PATIENCE)

    def heal(self, deployment: Deployment) -> None:
        self._limit.end()

    def restore(self, deployment: Deployment) -> None:
        self._limit.end()


FAULT = BrowserOutOfMemory()
