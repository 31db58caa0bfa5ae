"""Pictures on RabbitMQ: who looks, and what they are shown. Only what is new counts here, and what
cannot be had costs a picture, never a run: each side has channels of its own for it.

Executors and the API declare the exchange themselves. A user that may not, of an older set of
definitions, works as before and without pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from aio_pika import DeliveryMode, ExchangeType, Message

from runtime.broker.mailbox import Mailbox
from runtime.broker.port import MOST_PICTURES, BrokerUnavailableError, Picture
from runtime.broker.rabbitmq import topology
from runtime.broker.rabbitmq.line import answered

if TYPE_CHECKING:
    from aio_pika.abc import (
        AbstractChannel,
        AbstractExchange,
        AbstractIncomingMessage,
        AbstractQueue,
    )

    from runtime.broker.rabbitmq.line import Line

logger = structlog.get_logger()

_STALE_AFTER = 2_000
"""Milliseconds."""


class Stand:
    """An executor's side: it hears who looks, and shows."""

    def __init__(self, executor: str) -> None:
        self._executor = executor
        self._looks: Mailbox[None] = Mailbox(most=1)
        self._exchange: AbstractExchange | None = None

    async def open(self, ears: Line, mouth: Line) -> None:
        """Where RabbitMQ does not let it, nobody is ever heard to look."""
        try:
            async with answered("declare what pictures need"):
                hearing = await ears.channel(vital=False)
                queue = await _own_queue(hearing, self._executor)
                exchange = await _exchange(await mouth.channel(vital=False))
                await queue.bind(topology.PICTURES, topology.look_key(self._executor))
                await queue.consume(
                    self._on_look, no_ack=True, consumer_tag=f"{self._executor} is looked at"
                )
            self._exchange = exchange
        except BrokerUnavailableError as error:
            logger.warning("broker.no_pictures", error=str(error))

    async def looked_at(self) -> None:
        """Waits for the next look."""
        await self._looks.get()

    async def show(self, picture: Picture) -> None:
        """Unconfirmed: the next picture is more use than the certainty of this one."""
        if self._exchange is None:
            return
        message = Message(
            picture.image,
            content_type="image/jpeg",
            type="picture",
            app_id="proctor",
            delivery_mode=DeliveryMode.NOT_PERSISTENT,
            headers={"executor": picture.executor, "run_id": str(picture.run_id)},
        )
        try:
            async with answered("show a picture"):
                key = topology.picture_key(self._executor)
                await self._exchange.publish(message, routing_key=key, mandatory=False)
        except BrokerUnavailableError as error:
            logger.info("broker.picture_not_shown", error=str(error))

    def fail(self, reason: str) -> None:
        """The connection is lost."""
        self._looks.fail(reason)

    async def _on_look(self, _: AbstractIncomingMessage) -> None:
        self._looks.put(None)


class Seat:
    """The API's side: it looks, and is shown."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._pictures: Mailbox[Picture] = Mailbox(most=MOST_PICTURES)
        self._queue: AbstractQueue | None = None
        self._exchange: AbstractExchange
        self._bound: set[str] = set()

    async def open(self, line: Line) -> None:
        """Where RabbitMQ does not let it, there are no pictures."""
        try:
            async with answered("declare what pictures need"):
                channel = await line.channel(vital=False)
                queue = await _own_queue(channel, self._owner)
                self._exchange = await _exchange(channel)
                await queue.consume(
                    self._on_picture, no_ack=True, consumer_tag=f"{self._owner} looks"
                )
            self._queue = queue
        except BrokerUnavailableError as error:
            logger.warning("broker.no_pictures", error=str(error))

    async def look_at(self, executor: str) -> None:
        """From the first look on, its pictures come here."""
        if self._queue is None:
            return
        async with answered(f"look at executor {executor}"):
            if executor not in self._bound:
                await self._queue.bind(topology.PICTURES, topology.picture_key(executor))
                self._bound.add(executor)
            look = Message(b"", type="look", app_id="proctor")
            await self._exchange.publish(look, topology.look_key(executor), mandatory=False)

    async def picture(self) -> Picture:
        """Waits for the next picture."""
        return await self._pictures.get()

    def fail(self, reason: str) -> None:
        """The connection is lost."""
        self._pictures.fail(reason)

    async def _on_picture(self, message: AbstractIncomingMessage) -> None:
        said = message.headers
        try:
            picture = Picture(str(said["executor"]), UUID(str(said["run_id"])), message.body)
        except (KeyError, ValueError) as error:
            logger.warning("broker.picture_malformed", error=repr(error))
        else:
            self._pictures.put(picture)


async def _exchange(channel: AbstractChannel) -> AbstractExchange:
    return await channel.declare_exchange(topology.PICTURES, ExchangeType.DIRECT, durable=True)


async def _own_queue(channel: AbstractChannel, owner: str) -> AbstractQueue:
    return await channel.declare_queue(
        topology.own_queue(topology.PICTURES, owner),
        exclusive=True,
        auto_delete=True,
        arguments={"x-message-ttl": _STALE_AFTER, "x-max-length": MOST_PICTURES},
    )
