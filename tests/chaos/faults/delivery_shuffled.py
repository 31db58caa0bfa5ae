"""Messages come in any order, and with any urgency."""

from __future__ import annotations

import random
import time

import pika  # type: ignore[import-untyped]

from tests.chaos.broker import QUEUE
from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_FOR = 6.0
_TOGETHER = 30


class DeliveryShuffled(Fault):
    about = "waiting messages are taken out and put back in any order, for six seconds"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        connection = pika.BlockingConnection(pika.URLParameters(deployment.vhost_url))
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            end = time.monotonic() + _FOR
            while time.monotonic() < end:
                _shuffle(channel, rng)
        finally:
            connection.close()


def _shuffle(
    channel: pika.adapters.blocking_connection.BlockingChannel, rng: random.Random
) -> None:
    taken: list[tuple[int, pika.BasicProperties, bytes]] = []
    while len(taken) < _TOGETHER:
        method, properties, body = channel.basic_get(QUEUE)
        if method is None:
            break
        taken.append((method.delivery_tag, properties, body))
    rng.shuffle(taken)
    for tag, properties, body in taken:
        properties.priority = rng.randint(0, 9)
        channel.basic_publish("", QUEUE, body, properties)
        channel.basic_ack(tag)


FAULT = DeliveryShuffled()
