"""The network between two executors and the broker is cut for a minute and a half."""

from __future__ import annotations

import random
import time

from tests.chaos.aim import busy_executors
from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_FOR = 90.0


class NetworkCut(Fault):
    about = "nothing passes between two executors and the broker for 90 s, and nobody is told"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        busy = rng.choice(busy_executors(deployment)).name
        other = rng.choice([e.name for e in deployment.executors if e.name != busy])
        for name in (busy, other):
            deployment.broker_proxies[name].stall()
        time.sleep(_FOR)

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = NetworkCut()
