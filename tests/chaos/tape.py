"""The tape: when log, relay and views were seen at which position, by the harness's own clock."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from typing import Self

_LOOK_EVERY = 0.05
_BLIND = 1.0
_POSITIONS = """
    SELECT (SELECT coalesce(max(notification_id), 0) FROM proctor_events),
        (SELECT position FROM dispatch.position), (SELECT position FROM views.position),
        (SELECT count(*) FROM dispatch.open_runs)
            + (SELECT count(*) FROM views.runs WHERE status IN ('queued', 'running'))
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the database; positions of the log."""

    at: float
    head: int
    relay: int
    views: int
    open: int
    """Runs that are not over, counted by the dispatcher and again in the views."""

    @property
    def all_over(self) -> bool:
        """Whether everything asked for has come to its end."""
        return self.relay == self.views == self.head and self.open == 0


class Tape:
    """Looks at the database directly, past every proxy, for as long as the context."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chaos tape")
        self.looks: list[Look] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(15)

    @property
    def latest(self) -> Look | None:
        """The last look, if it is not older than a second."""
        looks = self.looks
        return looks[-1] if looks and looks[-1].at > time.monotonic() - 1 else None

    def when_logged(self, position: int) -> float:
        """When the log was first seen to hold `position`."""
        return self._when(position, "head")

    def when_published(self, position: int) -> float:
        """When the relay was first seen to have published up to `position`."""
        return self._when(position, "relay")

    def was_blind(self, begin: float, end: float) -> bool:
        """Whether the database could not be looked at for a while in between."""
        times = [look.at for look in self.looks if begin <= look.at <= end]
        return any(later - earlier > _BLIND for earlier, later in pairwise([begin, *times, end]))

    def _when(self, position: int, what: str) -> float:
        looks = self.looks
        index = bisect_left(looks, position, key=lambda look: getattr(look, what))
        return looks[index].at if index < len(looks) else float("inf")

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
                    connection.execute("SET statement_timeout = '3s'")
                    while not self._ending.wait(_LOOK_EVERY):
                        self._look(connection)
            except psycopg.Error:
                self._ending.wait(_LOOK_EVERY)

    def _look(self, connection: psycopg.Connection[tuple[int, int, int, int]]) -> None:
        row = connection.execute(_POSITIONS).fetchone()
        if row is not None:
            self.looks.append(Look(time.monotonic(), *row))
