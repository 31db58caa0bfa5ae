"""PostgreSQL is stopped immediately, and started again: what was not on disk is gone."""

from __future__ import annotations

import random

from tests.chaos.deployment import EXECUTORS, Deployment
from tests.chaos.fault import Fault
from tests.chaos.truthful import judge_readiness, judge_refusal


class DatabaseStopped(Fault):
    about = "PostgreSQL stopped at once (immediate) for a few seconds, and started again"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        deployment.database.stop_immediately()
        roles = ["api", "dispatcher", "projections", *EXECUTORS]
        deployment.findings += judge_readiness(deployment, roles)
        deployment.findings += judge_refusal(deployment)

    def heal(self, deployment: Deployment) -> None:
        deployment.database.start()


FAULT = DatabaseStopped()
