"""A message in an executor's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.broker.port import BrokerUnavailableError, DeliveryLostError
from runtime.broker.rabbitmq import wire
from runtime.broker.rabbitmq.line import answered

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

    from runtime.broker.rabbitmq.consumer import RabbitSubscription


class RabbitDelivery:
    """An unacknowledged message: the lease on its run."""

    def __init__(self, subscription: RabbitSubscription, message: AbstractIncomingMessage) -> None:
        self.dispatch, marked = wire.decode_dispatch(message.body)
        self.redelivered = marked or bool(message.redelivered)
        self._subscription = subscription
        self._message = message

    async def ack(self) -> None:
        """Done. RabbitMQ does not answer: if the connection is lost on the way, it comes again."""
        self._subscription.raise_if_lost(DeliveryLostError)
        async with answered("acknowledge", DeliveryLostError):
            await self._message.ack()

    async def requeue(self) -> None:
        """RabbitMQ puts it back to the place it had (a quorum queue: to the front)."""
        self._subscription.raise_if_lost(DeliveryLostError)
        async with answered("requeue", DeliveryLostError):
            await self._message.nack(requeue=True)

    async def reject(self) -> None:
        """To the dead letters."""
        self._subscription.raise_if_lost(DeliveryLostError)
        try:
            await self._subscription.bury(self._message, "rejected by the executor")
        except BrokerUnavailableError as error:
            raise DeliveryLostError(str(error)) from error
