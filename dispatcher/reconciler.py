"""The reconciler: runs that wait in the log and are missing in the broker are published again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from dispatcher import open_runs, waiting_line
from runtime.database import connect
from runtime.metrics import PUBLISHED

if TYPE_CHECKING:
    import threading
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.dispatch import Dispatch
    from domain.log import EventLog
    from runtime.broker.port import Publisher

    Connection = psycopg.Connection[DictRow]

logger = structlog.get_logger()

_MOST_SUSPECTS = 1_000


@dataclass(frozen=True, slots=True)
class Missing:
    """What one look found: fewer messages than runs that wait for one."""

    position: int
    """Of the log: the runs in question were asked for up to it."""
    count: int
    certain: bool
    """More than executors can have in hand and the relay can be behind."""
    first: tuple[UUID, ...]
    """As many runs as messages are missing, from the head of the line: where nothing was lost they
    are the ones in executors' hands, and start before anybody looks again."""


class Reconciler:
    """A component that compares log and broker every `interval` seconds.

    Counting is all a broker offers: looking at messages would change the queue. Twice in a row
    fewer messages than waiting runs is a loss, for a message in hand does not stay unclaimed for a
    whole interval. A long queue has as many messages as runs; messages that nobody needs any more
    (of a raised or cancelled run) hide a loss until they are taken, and not longer.
    """

    name = "reconciler"

    def __init__(self, url: str, log: EventLog, publisher: Publisher, interval: float) -> None:
        self._url = url
        self._log = log
        self._publisher = publisher
        self._interval = interval
        self._missing: dict[str, Missing] = {}

    def run(self, stop: threading.Event) -> None:
        """Looks until `stop` is set. Raises BrokerError while the broker is out of reach."""
        with connect(self._url, "proctor reconciler") as connection:
            while not stop.wait(self._interval):
                self.look(connection)

    def look(self, connection: Connection) -> None:
        """Compares every pool once, and publishes what is missing for the second time."""
        for pool in waiting_line.pools(connection):
            before = self._missing.pop(pool, None)
            now = self._count(connection, pool)
            if now is None:
                continue
            if before is None:
                self._missing[pool] = now
            else:
                self._publish(connection, pool, before, now)

    def _count(self, connection: Connection, pool: str) -> Missing | None:
        # In this order: what is asked for up to this position is published before it is counted.
        position = open_runs.position(connection)
        depth = self._publisher.depth(pool)
        count = waiting_line.length(connection, pool, position) - depth.ready
        if count <= 0:
            return None
        behind = self._log.head() - position
        first = waiting_line.head(connection, pool, position, min(count, _MOST_SUSPECTS))
        certain = count > depth.consumers + behind
        return Missing(position, count, certain, tuple(first))

    def _publish(self, connection: Connection, pool: str, before: Missing, now: Missing) -> None:
        lost = waiting_line.dispatches(
            connection, pool, before.position, None if now.certain else before.first
        )
        published = sum(self._publish_page(page) for page in lost)
        if published:
            logger.warning(
                "reconciler.published_again", pool=pool, missing=now.count, runs=published
            )

    def _publish_page(self, page: list[Dispatch]) -> int:
        self._publisher.publish(page)
        PUBLISHED.labels("reconciled").inc(len(page))
        return len(page)
