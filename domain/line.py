"""The order in which what waits is given out: the most urgent first, equals as they came."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(order=True, slots=True)
class Entry(Generic[T]):
    """A place in the line. Its sequence number is its own for good, also when it comes back."""

    priority: int
    sequence: int
    item: T = field(compare=False)
    redelivered: bool = field(compare=False)


class Line(Generic[T]):
    """What waits. Not thread-safe."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._entries: list[Entry[T]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, item: T, priority: int, *, redelivered: bool = False) -> None:
        """Adds it behind its equals; the lowest `priority` is the most urgent."""
        heapq.heappush(self._entries, Entry(priority, next(self._numbers), item, redelivered))

    def put_back(self, entry: Entry[T]) -> None:
        """To the place it had."""
        entry.redelivered = True
        heapq.heappush(self._entries, entry)

    def take(self) -> Entry[T] | None:
        """The first, which leaves the line; None if nothing waits."""
        return heapq.heappop(self._entries) if self._entries else None
