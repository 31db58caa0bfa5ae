"""Everything between the roles and their servers takes 200 ms each way."""

from __future__ import annotations

import random
import time

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_DELAY = 0.2
_FOR = 15.0


class NetworkSlow(Fault):
    about = "200 ms each way between every role, the broker and the database, for 15 s"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for proxies in (deployment.broker_proxies, deployment.database_proxies):
            for proxy in proxies.values():
                proxy.delay(_DELAY)
        time.sleep(_FOR)

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = NetworkSlow()
