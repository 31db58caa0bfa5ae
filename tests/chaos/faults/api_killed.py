"""The API is killed while clients submit: one worker, then the process above them."""

from __future__ import annotations

import random

import psutil

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault
from tests.support.waiting import wait_until


class ApiKilled(Fault):
    about = "kill -9 of one of the API's workers, and then of the process above them"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        api = deployment.roles["api"]
        workers = psutil.Process(api.pid).children()
        rng.choice(workers).kill()
        wait_until(
            lambda: len(psutil.Process(api.pid).children()) == len(workers), "a new worker", 10
        )
        api.kill()


FAULT = ApiKilled()
