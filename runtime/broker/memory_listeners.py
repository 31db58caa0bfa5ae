"""The listening sides of the in-process broker: an executor's subscription, the API's observer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from runtime.broker.mailbox import Mailbox
from runtime.broker.port import MOST_PICTURES, BrokerUnavailableError

if TYPE_CHECKING:
    from domain.dispatch import Dispatch
    from domain.line import Entry
    from runtime.broker.memory import MemoryBroker
    from runtime.broker.memory_queue import PoolQueue
    from runtime.broker.port import Control, Depth, Picture, Presence

logger = structlog.get_logger()


class MemorySubscription:
    """One executor's place at a pool's queue."""

    def __init__(
        self, executor: str, broker: MemoryBroker, queue: PoolQueue[MemorySubscription]
    ) -> None:
        self.executor = executor
        self.heard: Mailbox[Control] = Mailbox()
        self.looks: Mailbox[None] = Mailbox(most=1)
        self._broker = broker
        self._queue = queue
        self._bell: Mailbox[None] = Mailbox(most=1)
        self._ended = False

    async def next(self) -> MemoryDelivery:
        """Waits until this executor may take the first entry of the queue.

        Being woken gives nothing away yet: the entry is taken, without an await, just before it is
        returned. So a `next` that is cancelled has taken nothing.
        """
        while True:
            self._raise_if_ended()
            entry = self._queue.take(self)
            if entry is not None:
                return MemoryDelivery(self._broker, self._queue, self, entry)
            await self._bell.get()

    async def pause(self) -> None:
        """Leaves the queue; nothing has arrived unseen, since an entry is taken by `next`."""
        self._queue.leave(self)

    async def resume(self) -> None:
        """Joins the queue again."""
        self._raise_if_ended()
        self._queue.join(self, self._ring)

    async def control(self) -> Control:
        """Waits for the next broadcast."""
        return await self.heard.get()

    async def announce(self, presence: Presence) -> None:
        """Tells everybody who listens."""
        self._raise_if_ended()
        self._broker.announce(presence)

    async def looked_at(self) -> None:
        """Waits for the next look."""
        await self.looks.get()

    async def show(self, picture: Picture) -> None:
        """To whoever looks."""
        self._raise_if_ended()
        self._broker.show(picture)

    def end(self) -> None:
        """Gives back what is in hand."""
        self._ended = True
        self._queue.lose(self)
        self.heard.fail(self._why_ended())
        self.looks.fail(self._why_ended())
        self._bell.fail(self._why_ended())

    def _ring(self) -> None:
        self._bell.put(None)

    def _raise_if_ended(self) -> None:
        if self._ended:
            raise BrokerUnavailableError(self._why_ended())

    def _why_ended(self) -> str:
        return f"the subscription of {self.executor} has ended"


class MemoryDelivery:
    """A dispatch in an executor's hands."""

    def __init__(
        self,
        broker: MemoryBroker,
        queue: PoolQueue[MemorySubscription],
        holder: MemorySubscription,
        entry: Entry[Dispatch],
    ) -> None:
        self.dispatch = entry.item
        self.redelivered = entry.redelivered
        self._broker = broker
        self._queue = queue
        self._holder = holder
        self._entry = entry

    async def ack(self) -> None:
        """Done."""
        self._queue.settle(self._holder, self._entry, requeue=False)

    async def requeue(self) -> None:
        """Back to the place it had."""
        self._queue.settle(self._holder, self._entry, requeue=True)

    async def reject(self) -> None:
        """To the dead letters."""
        self._queue.settle(self._holder, self._entry, requeue=False)
        self._broker.dead_letters.append(self.dispatch)
        logger.error("broker.dead_lettered", dispatch_id=self.dispatch.dispatch_id)


class MemoryObserver:
    """Looks and listens."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.heard: Mailbox[Presence] = Mailbox()
        self.pictures: Mailbox[Picture] = Mailbox(most=MOST_PICTURES)
        self.looking_at: set[str] = set()
        self._broker = broker

    async def depth(self, pool: str = "default") -> Depth:
        """Exact, the unacknowledged ones too."""
        return self._broker.pool(pool).depth()

    async def presence(self) -> Presence:
        """Waits for the next presence."""
        return await self.heard.get()

    async def look_at(self, executor: str) -> None:
        """Asks for pictures."""
        self.looking_at.add(executor)
        self._broker.look_at(executor)

    async def picture(self) -> Picture:
        """Waits for the next picture."""
        return await self.pictures.get()
