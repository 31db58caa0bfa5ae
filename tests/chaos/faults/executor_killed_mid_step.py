"""An executor that performs a step is killed; another takes its run over."""

from __future__ import annotations

import random

from tests.chaos.aim import busy_executors
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault


class ExecutorKilledMidStep(Fault):
    about = "three times kill -9 of an executor that performs a step"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for _ in range(3):
            rng.choice(busy_executors(deployment)).kill()


FAULT = ExecutorKilledMidStep()
