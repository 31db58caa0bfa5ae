"""The views as a whole: every projection over the same batch, in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

from projections.decisions import decisions
from projections.deeds import deeds
from projections.kept import kept
from projections.past import milestones
from projections.past import tables as past
from projections.past.milestones import APART
from projections.runs import runs
from projections.statistics import statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import Recorded
    from projections.projection import Projection

    Connection = psycopg.Connection[DictRow]

VERSION = 6
"""Of the tables; views of another version are made anew from the log."""

LIVE = "views"
CHANNEL = "proctor_views"
"""Notified with the new position at every commit of the live views."""

PROJECTIONS: tuple[Projection, ...] = (deeds, runs, kept, statistics, decisions)
"""In this order: deeds read rows as they were, statistics and decisions the run's as it is."""

_SCHEMA = (Path(__file__).parent / "sql" / "schema.sql").read_text()


def make(connection: Connection, schema: str) -> None:
    """Makes the tables of the views in `schema` where they are missing."""
    connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
    with connection.transaction():
        enter(connection, schema)
        make_tables(connection)
        past.make(connection)


def exists(connection: Connection, schema: str) -> bool:
    """Whether there are views of that name, of whatever version."""
    row = connection.execute("SELECT to_regnamespace(%s) AS name", (schema,)).fetchone()
    return row is not None and row["name"] is not None


def make_tables(connection: Connection) -> None:
    """Makes the views' own tables in the schema entered."""
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
    set_position(connection, batch[-1].position)


def set_position(connection: Connection, position: int) -> None:
    """Says what the entered views reflect."""
    connection.execute("UPDATE position SET position = %s", (position,))


def advance(connection: Connection, batch: Sequence[Recorded], apart: int = APART) -> None:
    """Brings the entered views to the end of `batch`, and keeps how they were every so often."""
    project(connection, batch)
    milestones.keep(connection, batch, apart)


class LiveViews:
    """The handler that keeps the live views up with the log."""

    name = "views"

    def __init__(self, apart: int = APART) -> None:
        """There is a milestone every `apart` positions."""
        self._apart = apart

    def prepare(self, connection: Connection) -> None:
        """Nothing to do: the tables are made before the first follower starts."""

    def lock_position(self, connection: Connection) -> int:
        """The position the live views reflect."""
        enter(connection, LIVE)
        return lock_position(connection)

    def handle(self, connection: Connection, batch: Sequence[Recorded]) -> None:
        """Projects the batch and tells whoever waits for a position."""
        advance(connection, batch, self._apart)
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(batch[-1].position)))

    def handled(self, batch: Sequence[Recorded]) -> None:
        """Nothing more to do."""
