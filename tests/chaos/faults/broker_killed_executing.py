"""RabbitMQ is killed while runs are under way, and started again."""

from __future__ import annotations

import random

from tests.chaos.aim import busy_executors
from tests.chaos.deployment import EXECUTORS, Deployment
from tests.chaos.fault import Fault
from tests.chaos.truthful import judge_readiness, judge_reads


class BrokerKilledExecuting(Fault):
    about = "kill -9 of RabbitMQ while executors perform runs, and a new start"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        busy_executors(deployment)
        deployment.broker.kill()
        deployment.findings += judge_readiness(deployment, ["api", "dispatcher", *EXECUTORS])
        deployment.findings += judge_reads(deployment)

    def heal(self, deployment: Deployment) -> None:
        deployment.broker.start()


FAULT = BrokerKilledExecuting()
