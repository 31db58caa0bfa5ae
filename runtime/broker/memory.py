"""The in-process broker: everything in one process, gone with it, and refilled from the log.

The dispatcher's threads publish; each executor and the API listen in an event loop of their own.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from itertools import groupby
from typing import TYPE_CHECKING

import structlog

from runtime.broker.memory_listeners import MemoryObserver, MemorySubscription
from runtime.broker.memory_queue import PoolQueue
from runtime.broker.port import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from domain.dispatch import Dispatch
    from runtime.broker.port import Announcement, Control, Depth, Picture, Presence

logger = structlog.get_logger()


class MemoryBroker:
    """The broker of a process that is the whole installation."""

    kind = "memory"

    def __init__(self) -> None:
        self.dead_letters: list[Dispatch] = []
        self._lock = threading.Lock()
        self._pools: defaultdict[str, PoolQueue[MemorySubscription]] = defaultdict(PoolQueue)
        self._subscriptions: list[MemorySubscription] = []
        self._observers: list[MemoryObserver] = []
        self._presences: list[Callable[[Presence], None]] = []

    def publisher(self) -> MemoryPublisher:
        """The dispatcher's side."""
        return MemoryPublisher(self)

    @asynccontextmanager
    async def subscribe(
        self, executor: str, pool: str = "default"
    ) -> AsyncIterator[MemorySubscription]:
        """An executor's side, for the event loop it is entered in."""
        subscription = MemorySubscription(executor, self, self.pool(pool))
        with self._lock:
            self._subscriptions.append(subscription)
        try:
            await subscription.resume()
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.remove(subscription)
            subscription.end()

    @asynccontextmanager
    async def observe(self) -> AsyncIterator[MemoryObserver]:
        """The API's side, for the event loop it is entered in."""
        observer = MemoryObserver(self)
        hear = observer.heard.put
        self.on_presence(hear)
        with self._lock:
            self._observers.append(observer)
        try:
            yield observer
        finally:
            with self._lock:
                self._observers.remove(observer)
            self.off_presence(hear)

    def pool(self, name: str) -> PoolQueue[MemorySubscription]:
        """The queue of one pool."""
        with self._lock:
            return self._pools[name]

    def tell(self, control: Control) -> None:
        """To every subscription."""
        for subscription in self._listening():
            subscription.heard.put(control)

    def look_at(self, executor: str) -> None:
        """To every subscription of that executor."""
        for subscription in self._listening():
            if subscription.executor == executor:
                subscription.looks.put(None)

    def show(self, picture: Picture) -> None:
        """To every observer that has looked at that executor."""
        with self._lock:
            observers = list(self._observers)
        for observer in observers:
            if picture.executor in observer.looking_at:
                observer.pictures.put(picture)

    def _listening(self) -> list[MemorySubscription]:
        with self._lock:
            return list(self._subscriptions)

    def announce(self, presence: Presence) -> None:
        """To every observer and publisher, in the announcer's thread."""
        with self._lock:
            listeners = list(self._presences)
        for hear in listeners:
            try:
                hear(presence)
            except Exception:
                logger.exception("broker.presence_listener_failed", executor=presence.executor)

    def on_presence(self, hear: Callable[[Presence], None]) -> None:
        """Adds a listener."""
        with self._lock:
            self._presences.append(hear)

    def off_presence(self, hear: Callable[[Presence], None]) -> None:
        """Takes the listener away."""
        with self._lock:
            self._presences.remove(hear)


class MemoryPublisher:
    """Publishing is putting into the queue: it never waits and is never lost half-way."""

    durable = False

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._since: float | None = time.monotonic()
        self._listeners: list[Callable[[Presence], None]] = []

    def publish(self, dispatches: Sequence[Dispatch], *, redelivered: bool = False) -> None:
        """Puts them into their pools."""
        self._raise_if_closed()
        for pool, some in groupby(dispatches, key=lambda dispatch: dispatch.pool):
            self._broker.pool(pool).put(list(some), redelivered=redelivered)

    def depth(self, pool: str) -> Depth:
        """Exact counts."""
        self._raise_if_closed()
        return self._broker.pool(pool).depth()

    def broadcast(self, control: Control) -> None:
        """To every executor that listens now."""
        self._raise_if_closed()
        self._broker.tell(control)

    def announce(self, announcements: Sequence[Announcement]) -> None:  # noqa: ARG002
        """Nobody outside this process could listen."""
        self._raise_if_closed()

    def on_presence(self, heard: Callable[[Presence], None]) -> None:
        """Calls `heard` in the thread of the executor that announces itself."""
        self._listeners.append(heard)
        self._broker.on_presence(heard)

    def connected_since(self) -> float | None:
        """When it was made; None once closed."""
        return self._since

    @property
    def trouble(self) -> str | None:
        """None until it is closed."""
        return None if self._since is not None else "this publisher is closed"

    def close(self) -> None:
        """Stops listening and publishing."""
        self._since = None
        while self._listeners:
            self._broker.off_presence(self._listeners.pop())

    def _raise_if_closed(self) -> None:
        if self._since is None:
            raise BrokerUnavailableError("this publisher is closed")
