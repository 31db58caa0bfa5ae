"""An executor stands still for longer than the broker's patience, and then goes on."""

from __future__ import annotations

import random
import time

from tests.chaos.aim import busy_executors
from tests.chaos.broker import HEARTBEAT
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault

_FOR = 3.5 * HEARTBEAT
"""Seconds; RabbitMQ gives a connection up after two to three heartbeats."""


class ExecutorFrozen(Fault):
    about = "SIGSTOP of a busy executor for longer than the broker's heartbeat, then SIGCONT"
    mark = AFTER_AN_EXECUTOR

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        frozen = rng.choice(busy_executors(deployment))
        frozen.freeze()
        time.sleep(_FOR)

    def heal(self, deployment: Deployment) -> None:
        for executor in deployment.executors:
            executor.thaw()


FAULT = ExecutorFrozen()
