"""Waiting until the deployment is back to normal after a fault, and until its work is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pika  # type: ignore[import-untyped]

from tests.chaos.broker import QUEUE
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.chaos.deployment import Deployment
    from tests.chaos.tape import Look, Tape


class Normal:
    """Every process runs, every executor consumes, and nobody is behind the log."""

    def __init__(self, deployment: Deployment, tape: Tape) -> None:
        self._deployment = deployment
        self._tape = tape
        self._connection: pika.BlockingConnection | None = None

    def seconds_from(self, healed: float, patience: float) -> float:
        """Waits until it is so; how long that took since `healed`, by the monotonic clock."""
        try:
            wait_until(self.holds, "everything to be back to normal", patience)
            return time.monotonic() - healed
        finally:
            self.close()

    def all_over(self) -> bool:
        """Whether no run is open any more, by the dispatcher's account and by the views."""
        look = self._tape.latest
        return look is not None and look.all_over

    def holds(self) -> bool:
        """Whether it is so now."""
        roles = self._deployment.roles.values()
        return (
            all(role.alive for role in roles if role.wanted)
            and self._keeps_up()
            and self.consumers() == len(self._deployment.executors)
            and self._deployment.is_ready()
        )

    def consumers(self) -> int | None:
        """How many consume, by RabbitMQ's account; None while it does not say."""
        try:
            return int(self._declared().method.consumer_count)
        except pika.exceptions.AMQPError:
            self.close()
            return None

    def close(self) -> None:
        """Gives the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.is_open:
            connection.close()

    def _declared(self) -> pika.frame.Method:
        if self._connection is None:
            url = f"{self._deployment.vhost_url}?socket_timeout=3&blocked_connection_timeout=3"
            self._connection = pika.BlockingConnection(pika.URLParameters(url))
        channel = self._connection.channel()
        try:
            return channel.queue_declare(QUEUE, passive=True)
        finally:
            if channel.is_open:
                channel.close()

    def _keeps_up(self) -> bool:
        """Whether relay and views have come to where the log was three looks ago."""
        looks: list[Look] = self._tape.looks[-4:]
        if len(looks) < 4 or self._tape.latest is None:
            return False
        return min(looks[-1].relay, looks[-1].views) >= looks[0].head
