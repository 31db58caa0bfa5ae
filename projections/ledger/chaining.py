"""The handler that chains every event to all before it, soon after it was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.stored import START, link
from projections.ledger import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from domain.stored import Stored

    Connection = psycopg.Connection[DictRow]

_LOCK = 7_277_263_004
"""Held by whoever adds links or checkpoints, until its transaction ends."""


def lock(connection: Connection) -> None:
    """Lets nobody else write to the ledger until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


class Chaining:
    """Its position is that of the newest link."""

    name = "ledger"

    def prepare(self, connection: Connection) -> None:
        """Nothing to do: the tables are made before the first follower starts."""

    def lock_position(self, connection: Connection) -> int:
        """The position chained last."""
        lock(connection)
        newest = tables.newest_link(connection)
        self._position, self._link = newest or (0, START)
        return self._position

    def handle(self, connection: Connection, batch: Sequence[Stored]) -> None:
        """Adds a link for each event."""
        links = []
        for stored in batch:
            self._link = link(self._link, stored.leaf)
            links.append(self._link)
        tables.add_links(connection, [stored.position for stored in batch], links)

    def handled(self, batch: Sequence[Stored]) -> None:
        """Nothing more to do."""
