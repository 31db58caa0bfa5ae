"""The log's tail, for live streams: one listener a process wakes every reader."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runtime.ears import listening
from runtime.recorder import EVENTS_TABLE

if TYPE_CHECKING:
    import threading
    from collections.abc import AsyncGenerator, Sequence

    from domain.log import EventLog, Recorded

_LOOK_EVERY = 2.0
_PAGE = 200
_KEEP_ALIVE = 15.0


class Tail:
    """A component that tells asynchronous readers that the log has grown."""

    name = "log tail"

    def __init__(self, url: str, log: EventLog) -> None:
        self._url = url
        self._log = log
        self._readers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def run(self, stop: threading.Event) -> None:
        """Listens until `stop` is set, then lets every reader end."""
        try:
            with listening(self._url, "proctor api tail", EVENTS_TABLE) as ears:
                while not stop.is_set():
                    ears.wait(stop, _LOOK_EVERY)
                    self._wake()
        finally:
            self._wake()

    async def follow(self, after: int | None) -> AsyncGenerator[Sequence[Recorded], None]:
        """Every event behind `after` as they come (None: those from now on), in pages.

        An empty page comes now and then while there are none.
        """
        if after is None:
            after = await asyncio.to_thread(self._log.head)
        grown = asyncio.Event()
        self._readers[grown] = asyncio.get_running_loop()
        try:
            while True:
                grown.clear()
                while page := await asyncio.to_thread(self._log.read, after, _PAGE):
                    yield page
                    after = page[-1].position
                if not await _within(grown, _KEEP_ALIVE):
                    yield []
        finally:
            del self._readers[grown]

    def _wake(self) -> None:
        for grown, loop in list(self._readers.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(grown.set)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
