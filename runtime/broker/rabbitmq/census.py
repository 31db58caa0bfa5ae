"""Counting a queue from the publishing connection, without changing or endangering anything."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from pika.exceptions import ChannelClosedByBroker  # type: ignore[import-untyped]

from runtime.broker.port import BrokerUnavailableError, Depth
from runtime.broker.rabbitmq import topology

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_FOUND = 404


class Census:
    """One count, in pika's thread, on a channel of its own: RabbitMQ closes the channel that asks
    for a queue that is gone. `gone` is called then, and the queue counts as empty."""

    def __init__(self, pool: str, gone: Callable[[str], None]) -> None:
        self.result: Future[Depth] = Future()
        self._pool = pool
        self._gone = gone

    def take(self, connection: Any) -> None:
        """Asks RabbitMQ."""
        connection.channel(on_open_callback=self._ask)

    def fail(self, reason: str) -> None:
        """There is nobody to ask, or no answer will come."""
        if not self.result.done():
            self.result.set_exception(BrokerUnavailableError(reason))

    def _ask(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_closed)
        queue = topology.run_queue(self._pool)
        channel.queue_declare(queue, passive=True, callback=lambda f: self._on_count(channel, f))

    def _on_count(self, channel: Any, frame: Any) -> None:
        counted = frame.method
        if not self.result.done():
            self.result.set_result(Depth(counted.message_count, None, counted.consumer_count))
        if channel.is_open:
            channel.close()

    def _on_closed(self, _channel: Any, reason: Exception) -> None:
        if isinstance(reason, ChannelClosedByBroker) and reason.reply_code == _NOT_FOUND:
            self._gone(self._pool)
            if not self.result.done():
                self.result.set_result(Depth(0, None, 0))
        self.fail(f"the queue of pool {self._pool!r} could not be counted: {reason!r}")
