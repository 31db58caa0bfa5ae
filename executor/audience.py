"""Whoever looks at this executor's browser now."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from executor.browser.camera import Camera
from runtime.broker.mailbox import Mailbox
from runtime.broker.port import BrokerUnavailableError, Picture

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from executor.browser.actions import Stage
    from runtime.broker.port import Subscription

_LOOKS_FOR = 5.0
"""Seconds that a look lasts. Who goes on looking says so every second or two."""

_BETWEEN_PICTURES = 0.2
_CLOSING_TIME = 0.5


class Audience:
    """Pictures are taken only while somebody looks. Of one event loop."""

    def __init__(self) -> None:
        self._look = asyncio.Event()
        self._pictures: Mailbox[tuple[UUID, bytes]] = Mailbox(most=1)
        self._latest: tuple[UUID, bytes] | None = None

    async def be_looked_at(self, subscription: Subscription) -> None:
        """Hears who looks, until the connection is lost."""
        with suppress(BrokerUnavailableError):
            while True:
                await subscription.looked_at()
                self.look()

    async def be_shown(self, executor: str, subscription: Subscription) -> None:
        """Shows every picture, until the connection is lost."""
        with suppress(BrokerUnavailableError):
            while True:
                run_id, image = await self.picture()
                await subscription.show(Picture(executor, run_id, image))
                await asyncio.sleep(_BETWEEN_PICTURES)

    def look(self) -> None:
        """Somebody looks, or still does. Of a page that stands still nothing new comes, and they
        may have seen nothing of it yet."""
        self._look.set()
        if self._latest is not None:
            self._pictures.put(self._latest)

    async def picture(self) -> tuple[UUID, bytes]:
        """Waits for the next picture: the run, and a JPEG. Those that nobody fetched in time are
        left out."""
        return await self._pictures.get()

    @asynccontextmanager
    async def watching(self, stage: Stage, run_id: UUID) -> AsyncIterator[None]:
        """While this lasts, there is something to see."""
        camera = Camera(stage, lambda image: self._show(run_id, image))
        filming = asyncio.create_task(self._film_when_looked_at(camera))
        try:
            yield
        finally:
            await _closed(filming)
            self._latest = None

    def _show(self, run_id: UUID, image: bytes) -> None:
        self._latest = run_id, image
        self._pictures.put(self._latest)

    async def _film_when_looked_at(self, camera: Camera) -> None:
        while True:
            await self._look.wait()
            film = asyncio.create_task(camera.film())
            try:
                await self._everybody_left()
            finally:
                await _closed(film)
                self._latest = None

    async def _everybody_left(self) -> None:
        try:
            while True:
                self._look.clear()
                async with asyncio.timeout(_LOOKS_FOR):
                    await self._look.wait()
        except TimeoutError:
            return


async def _closed(filming: asyncio.Task[None]) -> None:
    """A page that hangs may not let its film be ended: its browser is ended then."""
    filming.cancel()
    await asyncio.wait({filming}, timeout=_CLOSING_TIME)
