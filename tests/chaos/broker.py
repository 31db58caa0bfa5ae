"""The harness's RabbitMQ: a private node whose counts are fresh, with one virtual host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from runtime.broker.rabbitmq.topology import run_queue
from tests.chaos.sweep import SERVER_OF
from tests.support.rabbitmq import RabbitNode

if TYPE_CHECKING:
    from pathlib import Path

QUEUE = run_queue("default")
HEARTBEAT = 4
"""Seconds. A connection that says nothing is given up after two or three of them."""
_COUNT_EVERY_MS = 500


class ChaosNode(RabbitNode):
    """A private node that counts twice a second instead of every five seconds."""

    def __init__(self, deployment: Path) -> None:
        super().__init__()
        self._environment[SERVER_OF] = str(deployment)
        config = self._folder / "rabbitmq.conf"
        config.write_text(config.read_text() + f"collect_statistics_interval = {_COUNT_EVERY_MS}\n")

    @property
    def port(self) -> int:
        """Of AMQP."""
        return int(self._port)

    def url_at(self, port: int, vhost_url: str) -> str:
        """The virtual host's URL behind a proxy."""
        vhost = urlsplit(vhost_url).path.removeprefix("/")
        return f"amqp://guest:guest@127.0.0.1:{port}/{vhost}?heartbeat={HEARTBEAT}"

    def look(self, path: str) -> list[dict[str, Any]] | None:
        """What the management API says; None while it does not answer."""
        try:
            answer = self.api.get(path, timeout=3)
        except httpx.HTTPError:
            return None
        return answer.json() if answer.is_success else None
