"""What was heard and not yet read, handed over to one event loop from any thread."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

from runtime.broker.port import BrokerUnavailableError

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Filled by any thread, read in the loop it was made in; keeps the newest `most` items."""

    def __init__(self, most: int = 1000) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._items: deque[T] = deque(maxlen=most)
        self._failure: str | None = None

    def put(self, item: T) -> None:
        """Adds an item; the oldest unread one goes when there are too many."""
        self._items.append(item)
        self.wake()

    def fail(self, reason: str) -> None:
        """From now on `get` raises BrokerUnavailableError; what was not read is forgotten."""
        self._failure = self._failure or reason
        self._items.clear()
        self.wake()

    def drain(self) -> list[T]:
        """Takes everything unread."""
        items = list(self._items)
        self._items.clear()
        return items

    def wake(self) -> None:
        """Lets a waiting reader look again."""
        with suppress(RuntimeError):  # The loop has ended: nobody reads any more.
            self._loop.call_soon_threadsafe(self._changed.set)

    async def get(self) -> T:
        """Waits for the oldest item. A cancelled `get` has taken nothing: between the taking and
        the return there is no await. Raises BrokerUnavailableError."""
        while True:
            self._changed.clear()  # Before looking: what comes after the look sets it again.
            if self._failure is not None:
                raise BrokerUnavailableError(self._failure)
            if self._items:
                return self._items.popleft()
            await self._changed.wait()
