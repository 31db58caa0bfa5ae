"""How far the views have come, for answers that must include a write."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from projections.views import CHANNEL, LIVE
from runtime.database import connect
from runtime.ears import listening

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

_LOOK_EVERY = 1.0


class ViewsClock:
    """A component that knows the live views' position, told by the database at every commit."""

    name = "views clock"

    def __init__(self, url: str) -> None:
        self._url = url
        self._moved = threading.Condition()
        self._waiters: list[tuple[int, asyncio.Event, asyncio.AbstractEventLoop]] = []
        self.position = 0

    def wait_for(self, position: int, timeout: float) -> bool:
        """Waits until the views reflect `position`; whether they do after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._moved:
            while self.position < position:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._moved.wait(left)
        return True

    async def reached(self, position: int, seconds: float) -> bool:
        """The same for asynchronous callers, without a thread that waits."""
        if self.position >= position:
            return True
        told = asyncio.Event()
        waiter = (position, told, asyncio.get_running_loop())
        with self._moved:
            self._waiters.append(waiter)
        try:
            await asyncio.wait_for(told.wait(), seconds if self.position < position else 0.001)
        except TimeoutError:
            pass
        finally:
            with self._moved:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
        return self.position >= position

    def run(self, stop: threading.Event) -> None:
        """Keeps time until `stop` is set."""
        with (
            listening(self._url, "proctor api clock", CHANNEL) as ears,
            connect(self._url, "proctor api clock") as connection,
        ):
            while not stop.is_set():
                self._set(_position(connection))
                while told := ears.wait(stop, _LOOK_EVERY):
                    self._set(int(told))

    def _set(self, position: int) -> None:
        with self._moved:
            # Never back: a rebuild may reflect less for a moment, but never less than was shown.
            self.position = max(self.position, position)
            self._moved.notify_all()
            due = [waiter for waiter in self._waiters if waiter[0] <= self.position]
            self._waiters = [waiter for waiter in self._waiters if waiter[0] > self.position]
        for _, told, loop in due:
            if not loop.is_closed():
                loop.call_soon_threadsafe(told.set)


def _position(connection: psycopg.Connection[DictRow]) -> int:
    exists = connection.execute("SELECT to_regclass(%s) AS name", (f"{LIVE}.position",)).fetchone()
    if exists is None or exists["name"] is None:
        return 0
    row = connection.execute("SELECT position FROM views.position").fetchone()
    return int(row["position"]) if row else 0
