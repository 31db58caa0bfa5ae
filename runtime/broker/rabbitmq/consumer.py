"""An executor's connection: one dispatch at a time, broadcasts, and its own announcements."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from aio_pika import DeliveryMode, Message

from runtime.broker.mailbox import Mailbox
from runtime.broker.port import BrokerError, BrokerUnavailableError, Control
from runtime.broker.rabbitmq import topology, wire
from runtime.broker.rabbitmq.delivery import RabbitDelivery
from runtime.broker.rabbitmq.holding import Holding
from runtime.broker.rabbitmq.line import answered, open_line
from runtime.broker.rabbitmq.pictures import Stand
from runtime.waiting import ended

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import (
        AbstractExchange,
        AbstractIncomingMessage,
        AbstractQueue,
    )

    from runtime.broker.address import Address
    from runtime.broker.port import Picture, Presence
    from runtime.broker.rabbitmq.line import Line

logger = structlog.get_logger()


@asynccontextmanager
async def subscription(
    address: Address, executor: str, pool: str
) -> AsyncIterator[RabbitSubscription]:
    """Two connections, because RabbitMQ stops reading from one that publishes while an alarm is
    on: with one, no run could be acknowledged until the alarm ends, and the queue never drain."""
    mine = RabbitSubscription(executor, pool)
    name = f"proctor executor {executor}"
    hearing = topology.client_properties(name, "executor", executor=executor, pool=pool)
    speaking = {**hearing, "connection_name": f"{name} announcements"}
    async with (
        open_line(address, speaking, mine.lose) as mouth,
        open_line(address, hearing, mine.lose) as ears,
    ):
        await mine.open(ears, mouth)
        showing = asyncio.create_task(mine.holding.keep_shown())
        try:
            yield mine
        finally:
            mine.end()
            await ended(showing)


class RabbitSubscription:
    """Lost as a whole when either connection, a channel or the consumer is."""

    def __init__(self, executor: str, pool: str) -> None:
        self._executor = executor
        self._pool = pool
        self._arrived: Mailbox[RabbitDelivery] = Mailbox()
        self._controls: Mailbox[Control] = Mailbox()
        self.lost: str | None = None
        self.holding: Holding
        self._stand = Stand(executor)
        self._paused = False
        self._queue: AbstractQueue
        self._presences: AbstractExchange
        self._dead: AbstractExchange

    async def open(self, ears: Line, mouth: Line) -> None:
        """Finds what the dispatcher has declared, and begins to consume."""
        speaking = await mouth.channel()
        burying = await mouth.channel(confirms=True)
        hearing = await ears.channel()
        showing = await ears.channel(vital=False)
        async with answered(f"subscribe to pool {self._pool}"):
            self._presences = await speaking.get_exchange(topology.PRESENCE)
            self._dead = await burying.get_exchange(topology.DEAD)
            self._queue = await hearing.get_queue(topology.run_queue(self._pool))
            await hearing.set_qos(prefetch_count=1)
            controls = await hearing.declare_queue(
                topology.own_queue(topology.CONTROL, self._executor),
                exclusive=True,
                auto_delete=True,
            )
            await controls.bind(topology.CONTROL, routing_key="")
            await controls.consume(
                self._on_control, no_ack=True, consumer_tag=topology.ear_tag(self._executor)
            )
            self.holding = Holding(await showing.get_queue(controls.name, ensure=False))
        await self._stand.open(ears, mouth)
        async with answered(f"take runs from pool {self._pool}"):
            await self._consume()

    async def next(self) -> RabbitDelivery:
        """Waits for what RabbitMQ delivers."""
        return await self._arrived.get()

    async def pause(self) -> None:
        """Cancels the consumer; what arrived in the meantime goes back."""
        self.raise_if_lost()
        if self._paused:
            return
        self._paused = True
        async with answered("pause"):
            await self._queue.cancel(self._executor)
        for delivery in self._arrived.drain():
            await delivery.requeue()

    async def resume(self) -> None:
        """Consumes again."""
        self.raise_if_lost()
        if self._paused:
            self._paused = False
            async with answered("resume"):
                await self._consume()

    async def control(self) -> Control:
        """Waits for the next broadcast."""
        return await self._controls.get()

    async def announce(self, presence: Presence) -> None:
        """Unconfirmed: the next announcement is more use than the certainty of this one."""
        self.raise_if_lost()
        self.holding.tell(presence)
        message = Message(
            wire.encode_presence(presence),
            content_type=wire.CONTENT_TYPE,
            type="presence",
            app_id="proctor",
        )
        async with answered("announce"):
            await self._presences.publish(message, routing_key="", mandatory=False)

    async def looked_at(self) -> None:
        """Waits for the next look."""
        await self._stand.looked_at()

    async def show(self, picture: Picture) -> None:
        """To whoever looks."""
        self.raise_if_lost()
        await self._stand.show(picture)

    def lose(self, reason: str) -> None:
        """Everybody who waits here is told; what arrived unseen is redelivered to somebody."""
        if self.lost is None:
            logger.warning("broker.subscription_lost", executor=self._executor, error=reason)
            self._fail(reason)

    def raise_if_lost(self, error: type[BrokerError] = BrokerUnavailableError) -> None:
        """Says it before anything waits for an answer that cannot come."""
        if self.lost is not None:
            raise error(self.lost)

    def end(self) -> None:
        """Its context is over."""
        if self.lost is None:
            self._fail(f"the subscription of {self._executor} has ended")

    def _fail(self, reason: str) -> None:
        self.lost = reason
        self._arrived.fail(reason)
        self._controls.fail(reason)
        self._stand.fail(reason)

    async def bury(self, message: AbstractIncomingMessage, reason: str) -> None:
        """Puts the message with the dead letters and acknowledges it.

        A confirmed copy, rather than a refusal that RabbitMQ dead-letters: that would need a policy
        on the queue, and without one the message would be gone. A crash between copy and
        acknowledgement leaves it in both places, which harms nobody.
        """
        said = {"reason": reason, "rejected_by": self._executor, "rejected_at": _now()}
        copy = Message(
            message.body,
            content_type=message.content_type,
            message_id=message.message_id,
            type=message.type,
            app_id=message.app_id,
            priority=message.priority,
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={**message.headers, **said},
        )
        async with answered(f"put message {message.message_id} with the dead letters"):
            await self._dead.publish(copy, routing_key=message.routing_key or "")
            await message.ack()
        logger.error("broker.dead_lettered", message_id=message.message_id, reason=reason)

    async def _consume(self) -> None:
        await self._queue.consume(self._on_message, consumer_tag=self._executor)

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        # It has arrived and nobody has seen it: whatever fails here, it is redelivered.
        try:
            await self._take_in(message)
        except BrokerError as error:
            self.lose(str(error))

    async def _take_in(self, message: AbstractIncomingMessage) -> None:
        try:
            delivery = RabbitDelivery(self, message)
        except wire.MalformedMessageError as error:
            await self.bury(message, f"not a dispatch: {error}")
            return
        if self._paused:
            await delivery.requeue()
        else:
            self._arrived.put(delivery)

    async def _on_control(self, message: AbstractIncomingMessage) -> None:
        try:
            self._controls.put(wire.decode_control(message.body))
        except wire.MalformedMessageError as error:
            logger.warning("broker.control_malformed", error=str(error))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
