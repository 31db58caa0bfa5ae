"""The run in an executor's hand, shown where RabbitMQ's pages can show what changes: as a binding.

Names, consumer tags and client properties are said once, on connecting. A binding comes and goes,
ends with its queue when the executor dies, and is seen without taking a message. To a fanout
exchange its key means nothing, and a queue gets a message once however many bindings it has.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from runtime.broker.port import BrokerUnavailableError
from runtime.broker.rabbitmq import topology
from runtime.broker.rabbitmq.line import answered

if TYPE_CHECKING:
    from aio_pika.abc import AbstractQueue

    from runtime.broker.port import Presence

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """What the binding says: its key, and an argument beside it."""

    key: str
    since: str

    @classmethod
    def of(cls, presence: Presence) -> Held | None:
        """The run that an announcement names, if any."""
        if presence.run_id is None:
            return None
        since = datetime.fromisoformat(presence.since)
        return cls(f"run {presence.run_id}", since.isoformat(timespec="seconds"))


class Holding:
    """A second binding of an executor's queue of broadcasts to `proctor.control`.

    `queue` is on a channel of its own: one that waits for a binding, as a cluster without its
    majority makes it, holds up no acknowledgement. What goes wrong here costs a line on a page.
    """

    def __init__(self, queue: AbstractQueue) -> None:
        self._queue = queue
        self._announced: Held | None = None
        self._wanted: Held | None = None
        self._shown: Held | None = None
        self._changed = asyncio.Event()

    def tell(self, presence: Presence) -> None:
        """Shows the run that two announcements in a row have named.

        One that is over before the second, in three seconds, nobody would find on a page that is
        refreshed every five; and a thousand short runs cost RabbitMQ nothing.
        """
        held = Held.of(presence)
        self._wanted = held if held == self._announced else None
        self._announced = held
        self._changed.set()

    async def keep_shown(self) -> None:
        """Works until cancelled, or until RabbitMQ does not do it."""
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                await self._show(self._wanted)
        except BrokerUnavailableError as error:
            logger.warning("broker.holding_not_shown", queue=self._queue.name, error=str(error))

    async def _show(self, wanted: Held | None) -> None:
        if wanted == self._shown:
            return
        async with answered("show the run in hand"):
            if self._shown is not None:
                await self._queue.unbind(
                    topology.CONTROL, self._shown.key, arguments={"since": self._shown.since}
                )
            self._shown = None
            if wanted is not None:
                await self._queue.bind(
                    topology.CONTROL, wanted.key, arguments={"since": wanted.since}
                )
            self._shown = wanted
