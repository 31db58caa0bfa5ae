"""The API is killed when a batch is committed, and before it is answered."""

from __future__ import annotations

import random

import psutil

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.chaos.mix import Mix
from tests.chaos.taps import HoldAnswer

_A_BATCH = 3
"""Runs in the smallest batch."""


class ApiKilledInBatch(Fault):
    about = "kill -9 of the API's workers when a batch is committed, and nobody knows"
    mix = Mix(batches=0.15)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        committed = HoldAnswer(b"RunRequested", least=_A_BATCH)
        deployment.database_proxies["api"].tap(committed)
        assert committed.held.wait(PATIENCE), "no batch was committed"
        for worker in psutil.Process(deployment.roles["api"].pid).children():
            worker.kill()

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = ApiKilledInBatch()
