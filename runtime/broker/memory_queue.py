"""One pool's queue in this process: ready dispatches in order, and who holds which."""

from __future__ import annotations

import heapq
import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from runtime.broker.port import DeliveryLostError, Depth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.dispatch import Dispatch

H = TypeVar("H")


@dataclass(order=True, slots=True)
class Entry:
    """A queued dispatch. Its sequence number is its place for good, also when it comes back."""

    priority: int
    sequence: int
    dispatch: Dispatch = field(compare=False)
    redelivered: bool = field(compare=False)


class PoolQueue(Generic[H]):
    """Thread-safe. `H` is whoever can hold an entry: one each, which is prefetch 1."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._ready: list[Entry] = []
        self._held: dict[H, Entry] = {}
        self._consumers: dict[H, Callable[[], None]] = {}

    def put(self, dispatches: Sequence[Dispatch], *, redelivered: bool) -> None:
        """Adds them in this order, each behind its equals."""
        with self._lock:
            for dispatch in dispatches:
                entry = Entry(dispatch.priority, next(self._numbers), dispatch, redelivered)
                heapq.heappush(self._ready, entry)
        self._wake_consumers()

    def take(self, holder: H) -> Entry | None:
        """The first entry, if this consumer may have one now."""
        with self._lock:
            if not self._ready or holder in self._held or holder not in self._consumers:
                return None
            entry = self._held[holder] = heapq.heappop(self._ready)
            return entry

    def settle(self, holder: H, entry: Entry, *, requeue: bool) -> None:
        """Takes the entry from the holder. Raises DeliveryLostError if it does not hold it."""
        with self._lock:
            if self._held.get(holder) is not entry:
                raise DeliveryLostError(f"dispatch {entry.dispatch.dispatch_id} is not held here")
            del self._held[holder]
            if requeue:
                self._put_back(entry)
        self._wake_consumers()

    def join(self, holder: H, wake: Callable[[], None]) -> None:
        """Makes it a consumer; `wake` is called, from any thread, when there may be work."""
        with self._lock:
            self._consumers[holder] = wake
        wake()

    def leave(self, holder: H) -> None:
        """It takes nothing more, and keeps what it holds."""
        with self._lock:
            self._consumers.pop(holder, None)

    def lose(self, holder: H) -> None:
        """It is gone; what it held comes back to the place it had."""
        self.leave(holder)
        with self._lock:
            entry = self._held.pop(holder, None)
            if entry is not None:
                self._put_back(entry)
        self._wake_consumers()

    def depth(self) -> Depth:
        """Exact counts."""
        with self._lock:
            return Depth(len(self._ready), len(self._held), len(self._consumers))

    def _put_back(self, entry: Entry) -> None:
        entry.redelivered = True
        heapq.heappush(self._ready, entry)

    def _wake_consumers(self) -> None:
        # All of them: one that is woken may be cancelled before it looks, and there are few.
        with self._lock:
            consumers = list(self._consumers.values())
        for wake in consumers:
            wake()
