"""Commits whose reply is lost: they have happened, and whoever committed does not know."""

from __future__ import annotations

import random
import time

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault
from tests.chaos.taps import VERDICTS, LoseAnswers

_FOR = 5.0


class DatabaseReplyLost(Fault):
    about = "connections are cut after the commit and before its reply: submissions, claims, ends"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        deployment.database_proxies["api"].tap(LoseAnswers(b"RunRequested", times=4))
        for executor in deployment.executors:
            words = rng.choice([(b"RunStarted",), VERDICTS])
            deployment.database_proxies[executor.name].tap(LoseAnswers(*words, times=2))
        time.sleep(_FOR)

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = DatabaseReplyLost()
