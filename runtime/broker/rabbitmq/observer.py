"""The API's connection: it counts a queue and hears presences, and takes nothing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from runtime.broker.mailbox import Mailbox
from runtime.broker.port import Depth, Picture, Presence
from runtime.broker.rabbitmq import topology, wire
from runtime.broker.rabbitmq.line import answered, open_line
from runtime.broker.rabbitmq.pictures import Seat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

    from runtime.broker.address import Address
    from runtime.broker.rabbitmq.line import Line

logger = structlog.get_logger()


@asynccontextmanager
async def observer(address: Address, role: str) -> AsyncIterator[RabbitObserver]:
    """One connection; nothing is published on it but looks."""
    mine = RabbitObserver(role)
    properties = topology.client_properties(f"proctor {role} observer", role)
    async with open_line(address, properties, mine.lose) as line:
        await mine.open(line)
        yield mine


class RabbitObserver:
    """Lost for good when its connection is, or when it asks for a queue that does not exist."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._heard: Mailbox[Presence] = Mailbox()
        self._seat = Seat(owner)
        self._counting: AbstractChannel

    async def open(self, line: Line) -> None:
        """Begins to listen."""
        self._counting = await line.channel()
        hearing = await line.channel()
        async with answered("listen to presences"):
            queue = await hearing.declare_queue(
                topology.own_queue(topology.PRESENCE, self._owner), exclusive=True, auto_delete=True
            )
            await queue.bind(topology.PRESENCE, routing_key="")
            await queue.consume(
                self._on_presence, no_ack=True, consumer_tag=topology.ear_tag(self._owner)
            )
        await self._seat.open(line)

    async def depth(self, pool: str = "default") -> Depth:
        """By a passive declare, which changes nothing; it does not say what is unacknowledged."""
        queue = topology.run_queue(pool)
        async with answered(f"count {queue}"):
            counted = await self._counting.declare_queue(queue, passive=True)
        result = counted.declaration_result
        return Depth(result.message_count or 0, None, result.consumer_count or 0)

    async def presence(self) -> Presence:
        """Waits for the next presence."""
        return await self._heard.get()

    async def look_at(self, executor: str) -> None:
        """Asks for pictures."""
        await self._seat.look_at(executor)

    async def picture(self) -> Picture:
        """Waits for the next picture."""
        return await self._seat.picture()

    def lose(self, reason: str) -> None:
        """Whoever waits is told."""
        self._heard.fail(reason)
        self._seat.fail(reason)

    async def _on_presence(self, message: AbstractIncomingMessage) -> None:
        try:
            self._heard.put(wire.decode_presence(message.body))
        except wire.MalformedMessageError as error:
            logger.warning("broker.presence_malformed", error=str(error))
