"""What executors' browsers show now: the latest picture of each, while somebody looks."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.broker.port import BrokerUnavailableError
from runtime.waiting import pause

if TYPE_CHECKING:
    from runtime.broker.port import Observer, Picture

_LOOK_EVERY = 1.5
"""Seconds. Executors show pictures for five seconds after a look."""

_FORGOTTEN_AFTER = 10.0
"""Seconds after the last look."""


@dataclass(slots=True)
class _Look:
    """At one executor: when somebody last looked, and when the executor was last told."""

    at: float = 0.0
    told: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture; of two, the newer has the larger number."""

    number: int
    picture: Picture


class Gallery:
    """Keeps one picture for each executor that somebody looks at, and none for long."""

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}
        self._shown: dict[str, Shown] = {}
        self._wanted = asyncio.Event()
        self._number = 0

    def look_at(self, executor: str) -> Shown | None:
        """Its latest picture, if there is one; somebody wants the next ones too."""
        look = self._looks.setdefault(executor, _Look())
        look.at = time.monotonic()
        self._wanted.set()
        return self._shown.get(executor)

    async def fill(self, observer: Observer) -> None:
        """Until the connection is lost."""
        asking = asyncio.create_task(self._ask(observer))
        with suppress(BrokerUnavailableError):
            try:
                while True:
                    picture = await observer.picture()
                    if picture.executor in self._looks:
                        self._shown[picture.executor] = Shown(self._next_number(), picture)
            finally:
                asking.cancel()

    def _next_number(self) -> int:
        """The time, in microseconds: who was shown pictures by another process, or by this one
        before its restart, takes none for old."""
        self._number = max(self._number + 1, time.time_ns() // 1_000)
        return self._number

    async def _ask(self, observer: Observer) -> None:
        with suppress(BrokerUnavailableError):
            while True:
                await pause(_FORGOTTEN_AFTER, self._wanted)
                self._wanted.clear()
                self._forget()
                for executor, look in list(self._looks.items()):
                    if look.at > look.told:
                        look.told = time.monotonic()
                        await observer.look_at(executor)
                await asyncio.sleep(_LOOK_EVERY)

    def _forget(self) -> None:
        now = time.monotonic()
        for executor, look in list(self._looks.items()):
            if now - look.at > _FORGOTTEN_AFTER:
                del self._looks[executor]
                self._shown.pop(executor, None)
