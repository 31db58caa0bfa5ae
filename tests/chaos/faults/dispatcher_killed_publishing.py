"""The dispatcher is killed when RabbitMQ has its messages, and before its position moves."""

from __future__ import annotations

import random

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.chaos.taps import AMQP_ACK, DISPATCH, HoldAnswer


class DispatcherKilledPublishing(Fault):
    about = "twice kill -9 of the dispatcher between publishing and moving its position"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        proxy, dispatcher = deployment.broker_proxies["dispatcher"], deployment.roles["dispatcher"]
        for _ in range(2):
            published = HoldAnswer(DISPATCH, answer=AMQP_ACK)
            proxy.tap(published)
            assert published.held.wait(PATIENCE), "the dispatcher published nothing"
            dispatcher.kill()
            proxy.heal()

    def heal(self, deployment: Deployment) -> None:
        deployment.heal_network()


FAULT = DispatcherKilledPublishing()
