"""An executor is killed when its claim is committed, and before it knows."""

from __future__ import annotations

import random

from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, PATIENCE, Fault
from tests.chaos.taps import HoldAnswer


class ExecutorKilledAtClaim(Fault):
    about = "kill -9 of two executors whose RunStarted is committed, and they do not know yet"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for executor in rng.sample(deployment.executors, 2):
            claimed = HoldAnswer(b"RunStarted")
            deployment.database_proxies[executor.name].tap(claimed)
            assert claimed.held.wait(PATIENCE), f"{executor.name} claimed nothing"
            executor.kill()
            deployment.database_proxies[executor.name].heal()

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = ExecutorKilledAtClaim()
