"""RabbitMQ as a broker: the factory of its three connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.broker.rabbitmq.consumer import subscription
from runtime.broker.rabbitmq.observer import observer
from runtime.broker.rabbitmq.publisher import RabbitPublisher

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from runtime.broker.address import Address
    from runtime.broker.rabbitmq.consumer import RabbitSubscription
    from runtime.broker.rabbitmq.observer import RabbitObserver


class RabbitBroker:
    """Connects nothing by itself."""

    kind = "rabbitmq"

    def __init__(
        self, address: Address, role: str, queue_type: str, pools: tuple[str, ...]
    ) -> None:
        self._address = address
        self._role = role
        self._queue_type = queue_type
        self._pools = pools

    def publisher(self) -> RabbitPublisher:
        """The dispatcher's connection, in a thread of its own; declares the topology."""
        return RabbitPublisher(self._address, self._role, self._queue_type, self._pools)

    def subscribe(
        self, executor: str, pool: str = "default"
    ) -> AbstractAsyncContextManager[RabbitSubscription]:
        """An executor's connection."""
        return subscription(self._address, executor, pool)

    def observe(self) -> AbstractAsyncContextManager[RabbitObserver]:
        """The API's connection."""
        return observer(self._address, self._role)
