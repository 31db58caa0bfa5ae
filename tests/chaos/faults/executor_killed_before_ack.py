"""An executor is killed between the verdict and the acknowledgement of its message."""

from __future__ import annotations

import random

from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, PATIENCE, Fault
from tests.chaos.taps import AMQP_ACK, HoldQuestion


class ExecutorKilledBeforeAck(Fault):
    about = "kill -9 of two executors whose acknowledgement is on its way, the verdict committed"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for executor in rng.sample(deployment.executors, 2):
            done = HoldQuestion(AMQP_ACK)
            deployment.broker_proxies[executor.name].tap(done)
            assert done.held.wait(PATIENCE), f"{executor.name} acknowledged nothing"
            executor.kill()
            deployment.broker_proxies[executor.name].heal()

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = ExecutorKilledBeforeAck()
