"""One pool's queue in this process: ready dispatches in order, and who holds which."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from domain.line import Line
from runtime.broker.port import DeliveryLostError, Depth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.dispatch import Dispatch
    from domain.line import Entry

H = TypeVar("H")


class PoolQueue(Generic[H]):
    """Thread-safe. `H` is whoever can hold an entry: one each, which is prefetch 1."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: Line[Dispatch] = Line()
        self._held: dict[H, Entry[Dispatch]] = {}
        self._consumers: dict[H, Callable[[], None]] = {}

    def put(self, dispatches: Sequence[Dispatch], *, redelivered: bool) -> None:
        """Adds them in this order, each behind its equals."""
        with self._lock:
            for dispatch in dispatches:
                self._ready.put(dispatch, dispatch.priority, redelivered=redelivered)
        self._wake_consumers()

    def take(self, holder: H) -> Entry[Dispatch] | None:
        """The first entry, if this consumer may have one now."""
        with self._lock:
            if holder in self._held or holder not in self._consumers:
                return None
            entry = self._ready.take()
            if entry is not None:
                self._held[holder] = entry
            return entry

    def settle(self, holder: H, entry: Entry[Dispatch], *, requeue: bool) -> None:
        """Takes the entry from the holder. Raises DeliveryLostError if it does not hold it."""
        with self._lock:
            if self._held.get(holder) is not entry:
                raise DeliveryLostError(f"dispatch {entry.item.dispatch_id} is not held here")
            del self._held[holder]
            if requeue:
                self._ready.put_back(entry)
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
                self._ready.put_back(entry)
        self._wake_consumers()

    def depth(self) -> Depth:
        """Exact counts."""
        with self._lock:
            return Depth(len(self._ready), len(self._held), len(self._consumers))

    def _wake_consumers(self) -> None:
        # All of them: one that is woken may be cancelled before it looks, and there are few.
        with self._lock:
            consumers = list(self._consumers.values())
        for wake in consumers:
            wake()
