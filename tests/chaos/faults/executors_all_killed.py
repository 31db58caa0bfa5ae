"""Every executor is killed at the same time."""

from __future__ import annotations

import random

from tests.chaos.aim import busy_executors
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault


class ExecutorsAllKilled(Fault):
    about = "kill -9 of all five executors at once"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        busy_executors(deployment)
        for executor in deployment.executors:
            executor.kill()


FAULT = ExecutorsAllKilled()
