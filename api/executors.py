"""The executors as the API knows them: what they said of themselves, and the broker's counts."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

from api.gallery import Gallery, Shown
from runtime.backoff import Backoff
from runtime.broker.port import BrokerError, Depth, Observer, Presence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.broker.port import Broker

logger = structlog.get_logger()

_FORGOTTEN_AFTER = 10.0
_COUNT_EVERY = 0.5
_SILENT_AFTER = 1.8
"""A broker that answers is counted again long before."""


class Executors:
    """Listens to presences and counts the queue for as long as `watch` runs."""

    def __init__(self, broker: Broker, pools: Sequence[str]) -> None:
        self._broker = broker
        self._pools = pools
        self._heard: dict[str, tuple[float, Presence]] = {}
        self.depth: Depth | None = None
        self.gallery = Gallery()
        self._trouble: str | None = "not connected to the broker yet"
        self._counted = time.monotonic()

    @property
    def trouble(self) -> str | None:
        """Why the broker cannot be asked now, or how long it owes an answer; None if it can."""
        silence = time.monotonic() - self._counted
        if self._trouble is None and silence > _SILENT_AFTER:
            return f"no answer for {silence:.1f} s"
        return self._trouble

    @property
    def kind(self) -> str:
        """Which broker it is: `rabbitmq` or `memory`."""
        return self._broker.kind

    def alive(self) -> list[Presence]:
        """The executors heard of lately, by name."""
        now = time.monotonic()
        lately = (p for at, p in self._heard.values() if now - at < _FORGOTTEN_AFTER)
        return sorted(lately, key=lambda presence: presence.executor)

    def look_at(self, executor: str) -> Shown | None:
        """What its browser shows, if it is there; somebody wants to see what comes next, too."""
        there = any(said.executor == executor for said in self.alive())
        return self.gallery.look_at(executor) if there else None

    async def watch(self) -> None:
        """Watches until cancelled; connects again whenever the broker is lost."""
        backoff = Backoff()
        while True:
            try:
                async with self._broker.observe() as observer:
                    backoff.reset()
                    await self._watch(observer)
            except BrokerError as error:
                self.depth, self._trouble = None, str(error)
                logger.warning("api.broker_unavailable", error=str(error))
                await asyncio.sleep(backoff.next())

    async def _watch(self, observer: Observer) -> None:
        listening = asyncio.create_task(self._listen(observer))
        filling = asyncio.create_task(self.gallery.fill(observer))
        try:
            while not listening.done():
                self.depth = total([await observer.depth(pool) for pool in self._pools])
                self._trouble, self._counted = None, time.monotonic()
                await asyncio.wait({listening}, timeout=_COUNT_EVERY)
            await listening
        finally:
            listening.cancel()
            filling.cancel()

    async def _listen(self, observer: Observer) -> None:
        while True:
            presence = await observer.presence()
            if presence.state == "gone":
                self._heard.pop(presence.executor, None)
            else:
                self._heard[presence.executor] = (time.monotonic(), presence)


def total(depths: Sequence[Depth]) -> Depth:
    """What the broker counts in all pools together."""
    unacked = [depth.unacked for depth in depths if depth.unacked is not None]
    return Depth(
        sum(depth.ready for depth in depths),
        sum(unacked) if len(unacked) == len(depths) else None,
        sum(depth.consumers for depth in depths),
    )
