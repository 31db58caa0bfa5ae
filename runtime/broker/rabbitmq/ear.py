"""The publisher's ear: it hears presences, and notices when RabbitMQ stops taking messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from runtime.broker.rabbitmq import topology, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.broker.port import Presence

logger = structlog.get_logger()

_PROBE_EVERY = 5.0


class Ear:
    """A channel of its own on the publishing connection, without confirms."""

    def __init__(
        self, owner: str, heard: Callable[[Presence], None], lost: Callable[[Any, Exception], None]
    ) -> None:
        self._owner = owner
        self._queue = topology.own_queue(topology.PRESENCE, owner)
        self._heard = heard
        self._lost = lost
        self._loop: Any = None
        self._channel: Any = None

    def open(self, connection: Any, done: Callable[[], None]) -> None:
        """Begins to listen, then calls `done`; `lost` when it can no longer."""
        self._loop = connection.ioloop
        connection.channel(on_open_callback=lambda channel: self._declare(channel, done))

    def _declare(self, channel: Any, done: Callable[[], None]) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._lost)
        channel.add_on_cancel_callback(lambda _: channel.close())  # Its queue was deleted.
        steps = topology.ear_steps(self._queue)
        topology.run_steps(channel, steps, lambda: self._consume(done))

    def _consume(self, done: Callable[[], None]) -> None:
        self._channel.basic_consume(
            self._queue,
            self._on_message,
            auto_ack=True,
            consumer_tag=topology.ear_tag(self._owner),
            callback=lambda _: done(),
        )
        self._probe()

    def _on_message(self, _channel: Any, _method: Any, _properties: Any, body: bytes) -> None:
        try:
            presence = wire.decode_presence(body)
        except wire.MalformedMessageError as error:
            logger.warning("broker.presence_malformed", error=str(error))
        else:
            self._heard(presence)

    def _probe(self) -> None:
        """Publishes to nobody. During an alarm RabbitMQ tells only connections that publish that
        they are blocked, and an idle dispatcher would take blocked executors for dead ones."""
        if self._channel.is_open:
            self._channel.basic_publish(topology.RUNS, "", b"")
            self._loop.call_later(_PROBE_EVERY, self._probe)
