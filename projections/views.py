"""The views as a whole: every projection over the same batch, in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

from projections.decisions import decisions
from projections.kept import kept
from projections.runs import runs
from projections.statistics import statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import Recorded
    from projections.projection import Projection

    Connection = psycopg.Connection[DictRow]

VERSION = 3
"""Of the tables; views of another version are made anew from the log."""

LIVE = "views"
CHANNEL = "proctor_views"
"""Notified with the new position at every commit of the live views."""

PROJECTIONS: tuple[Projection, ...] = (runs, kept, statistics, decisions)
"""In this order: statistics and decisions read the run's row."""

_SCHEMA = (Path(__file__).parent / "sql" / "schema.sql").read_text()


def make(connection: Connection, schema: str) -> None:
    """Makes the tables of the views in `schema` where they are missing."""
    connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
    with connection.transaction():
        enter(connection, schema)
        connection.execute(_SCHEMA)


def exists(connection: Connection, schema: str) -> bool:
    """Whether there are views of that name, of whatever version."""
    row = connection.execute("SELECT to_regnamespace(%s) AS name", (schema,)).fetchone()
    return row is not None and row["name"] is not None


def make_past(connection: Connection) -> None:
    """Makes the tables for this transaction only, and enters them."""
    connection.execute("SET LOCAL search_path TO pg_temp")
    connection.execute(_SCHEMA)


def enter(connection: Connection, schema: str) -> None:
    """Lets this transaction's statements mean the tables in `schema`."""
    connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(schema)))


def lock_position(connection: Connection) -> int:
    """The position the entered views reflect, nobody else's to move until the transaction ends.

    An advisory lock, not one on the row: whoever waits for it must hold nothing of tables that a
    rebuild is about to swap, and must find the new ones afterwards.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtext(current_schema()))")
    return position(connection)


def position(connection: Connection) -> int:
    """The position the entered views reflect."""
    row = connection.execute("SELECT position FROM position").fetchone()
    return int(row["position"]) if row else 0


def project(connection: Connection, batch: Sequence[Recorded]) -> None:
    """Brings the entered views to the end of `batch`."""
    with connection.pipeline():
        for recorded in batch:
            for projection in PROJECTIONS:
                for statement, facts in projection(recorded):
                    connection.execute(statement, facts)
        connection.execute("UPDATE position SET position = %s", (batch[-1].position,))


class LiveViews:
    """The handler that keeps the live views up with the log."""

    name = "views"

    def prepare(self, connection: Connection) -> None:
        """Nothing to do: the tables are made before the first follower starts."""

    def lock_position(self, connection: Connection) -> int:
        """The position the live views reflect."""
        enter(connection, LIVE)
        return lock_position(connection)

    def handle(self, connection: Connection, batch: Sequence[Recorded]) -> None:
        """Projects the batch and tells whoever waits for a position."""
        project(connection, batch)
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(batch[-1].position)))

    def handled(self, batch: Sequence[Recorded]) -> None:
        """Nothing more to do."""
