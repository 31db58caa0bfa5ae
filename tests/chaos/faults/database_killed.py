"""PostgreSQL is killed with all its processes, as a power cut would."""

from __future__ import annotations

import random

from tests.chaos.aim import busy_executors
from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault


class DatabaseKilled(Fault):
    about = "three times kill -9 of every process of PostgreSQL's, and a new start"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for _ in range(2):
            busy_executors(deployment)
            deployment.database.kill()
            deployment.database.start()
        busy_executors(deployment)
        deployment.database.kill()

    def heal(self, deployment: Deployment) -> None:
        if not deployment.database.runs:
            deployment.database.start()


FAULT = DatabaseKilled()
