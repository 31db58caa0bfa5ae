"""One publishing channel, from its opening to its loss: topology, letters, confirms."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from pika import spec  # type: ignore[import-untyped]

from runtime.broker.rabbitmq import topology
from runtime.broker.rabbitmq.letters import Unconfirmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.broker.port import BrokerError
    from runtime.broker.rabbitmq.letters import Batch


class Outlet:
    """A pika channel in confirm mode. Letters go out in the order of `publish`."""

    def __init__(self, channel: Any, queue_type: str, pools: tuple[str, ...]) -> None:
        self._channel = channel
        self._queue_type = queue_type
        self._first = set(pools)
        self._pools: set[str] = set()
        self._unconfirmed = Unconfirmed()
        channel.add_on_return_callback(self._on_return)

    def open(self, done: Callable[[], None]) -> None:
        """Declares the topology, then calls `done`."""
        self._channel.confirm_delivery(self._on_confirm, callback=lambda _: self._declare_all(done))

    def publish(self, batch: Batch) -> None:
        """Sends all of it, without waiting for a confirm in between."""
        missing = batch.pools - self._pools
        if missing:
            self._declare(missing, lambda: self._send(batch))
        else:
            self._send(batch)

    def forget(self, pool: str) -> None:
        """The pool's queue is gone: it is declared again when it is needed."""
        self._pools.discard(pool)

    def fail(self, error: BrokerError) -> None:
        """The channel is gone, and with it every confirm to come."""
        self._unconfirmed.fail(error)

    def _declare_all(self, done: Callable[[], None]) -> None:
        steps = topology.exchange_steps()
        topology.run_steps(self._channel, steps, lambda: self._declare(self._first, done))

    def _declare(self, pools: set[str], done: Callable[[], None]) -> None:
        steps = chain.from_iterable(
            topology.pool_steps(pool, self._queue_type) for pool in sorted(pools)
        )

        def declared() -> None:
            self._pools |= pools
            done()

        topology.run_steps(self._channel, steps, declared)

    def _send(self, batch: Batch) -> None:
        if batch.over or not self._channel.is_open:
            return
        for letter in batch.letters:
            self._unconfirmed.add(batch, letter)
            self._channel.basic_publish(
                letter.exchange,
                letter.routing_key,
                letter.body,
                letter.properties,
                mandatory=letter.mandatory,
            )

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        if isinstance(method, spec.Basic.Ack):
            self._unconfirmed.confirmed(method.delivery_tag, multiple=method.multiple)
        else:
            self._unconfirmed.refused(method.delivery_tag, multiple=method.multiple)

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        # The queue was deleted or unbound: the next publish declares it again.
        self._pools.clear()
        self._unconfirmed.returned(properties.message_id)
