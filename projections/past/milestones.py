"""Milestones: positions at which the views' rows are kept, for the past to be replayed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import SQL

from projections.past.removing import forget, subject
from projections.past.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import Recorded

    Connection = psycopg.Connection[DictRow]

APART = 5_000
"""Positions between two milestones: about half a second to replay."""

TOUCHED = "touched"
"""Notes what the events behind the latest milestone are about."""

_NOTE = """
    INSERT INTO touched (id, at)
    SELECT id, min(at) FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS event (id, at)
    GROUP BY id
    ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE touched.at > excluded.at
"""
_LATEST = "SELECT coalesce(max(position), 0) AS position FROM milestones"
_SET = """
    INSERT INTO milestones (position, earliest, latest)
    SELECT %(position)s, min(at), (
        SELECT max(at) FROM deeds WHERE subject = ANY (ARRAY(SELECT id FROM touched))
        AND position > (SELECT coalesce(max(position), 0) FROM milestones)
    ) FROM touched
"""
"""Between two milestones, the earliest time that any event gives, and the latest that a deed does:
so a time in deeds is looked for between two positions, whatever the clocks said."""
_CLOSE = """
    UPDATE {past} AS row SET until = %(position)s
    WHERE row.until IS NULL AND {within} AND NOT EXISTS (
        SELECT FROM {table} AS now WHERE {same} AND ({of_now}) IS NOT DISTINCT FROM ({of_row}))
"""
_OPEN = """
    INSERT INTO {past} ({columns}, since)
    SELECT {of_row}, %(position)s FROM {table} AS row
    WHERE {within} AND NOT EXISTS (SELECT FROM {past} AS now WHERE now.until IS NULL AND {same})
"""


def keep(connection: Connection, batch: Sequence[Recorded], apart: int) -> None:
    """Notes what a batch just projected was about, and sets a milestone behind it if one is due.

    In the batch's transaction, so a milestone is what the views were at its position.
    """
    note(connection, batch)
    forget(connection, batch)
    position = batch[-1].position
    if position - latest(connection) >= apart:
        _set(connection, position)


def note(connection: Connection, batch: Sequence[Recorded]) -> None:
    """Notes what a batch is about in `touched`."""
    facts = {
        "ids": [subject(recorded.event) for recorded in batch],
        "times": [recorded.event.at for recorded in batch],
    }
    connection.execute(_NOTE, facts)


def latest(connection: Connection) -> int:
    """The newest milestone's position; 0 before the first."""
    row = connection.execute(_LATEST).fetchone()
    return int(row["position"]) if row else 0


def _set(connection: Connection, position: int) -> None:
    facts = {"position": position}
    connection.execute(_SET, facts)
    for table in TABLES:
        parts = {**table.parts(connection), "within": table.scope.within(TOUCHED)}
        connection.execute(SQL(_CLOSE).format(**parts), facts)
        connection.execute(SQL(_OPEN).format(**parts), facts)
    connection.execute("DELETE FROM touched")
