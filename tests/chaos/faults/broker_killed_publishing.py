"""RabbitMQ is killed while messages are on their way to it; only confirms tell that they are lost.

The reconciler, which would find the loss some seconds later, looks seldom enough not to help.
"""

from __future__ import annotations

import random
import time

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.chaos.taps import DISPATCH, HoldQuestion

_FOR = 1.0
"""Seconds in which messages gather on the way; with confirms, those of one batch."""
_SELDOM = {"PROCTOR_QUEUE_CHECK_INTERVAL": "900"}


class BrokerKilledPublishing(Fault):
    about = "kill -9 of RabbitMQ while messages are on their way to it, without the reconciler"

    def prepare(self, deployment: Deployment) -> None:
        deployment.roles["dispatcher"].restart(**_SELDOM)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        published = HoldQuestion(DISPATCH)
        proxy = deployment.broker_proxies["dispatcher"]
        proxy.tap(published)
        assert published.held.wait(PATIENCE), "the dispatcher published nothing"
        time.sleep(_FOR)
        deployment.broker.kill()
        proxy.heal()
        proxy.cut()

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()
        deployment.broker.start()

    def restore(self, deployment: Deployment) -> None:
        deployment.roles["dispatcher"].restart()


FAULT = BrokerKilledPublishing()
