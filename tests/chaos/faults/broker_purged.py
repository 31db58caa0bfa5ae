"""An operator purges the queue."""

from __future__ import annotations

import random

from tests.chaos.broker import QUEUE
from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.support.waiting import wait_until


class BrokerPurged(Fault):
    about = "the queue is purged while runs wait in it, twice"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for _ in range(2):
            wait_until(lambda: _ready(deployment) > 0, "messages to wait", PATIENCE)
            deployment.broker.purge(deployment.vhost_url, QUEUE)


def _ready(deployment: Deployment) -> int:
    queues = deployment.broker.look("/queues") or []
    return sum(q.get("messages_ready", 0) for q in queues if q["name"] == QUEUE)


FAULT = BrokerPurged()
