"""What of a table a stretch of the log may have changed: known from its events alone."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier


@dataclass(frozen=True, slots=True)
class Scope:
    """Two conditions on rows of the table `row`: that the events noted in a table may have changed,
    made or taken them away, and that they have not. Nothing is within where nothing is noted."""

    inside: str
    beyond: str

    def within(self, noted: str) -> Composed:
        """The first for the events noted in the table called so: of few rows, found by an index."""
        return SQL(self.inside).format(noted=Identifier(noted))

    def outside(self, noted: str) -> Composed:
        """The second: of nearly all rows, gone through one by one."""
        return SQL(self.beyond).format(noted=Identifier(noted))


def of_aggregate(column: str = "id") -> Scope:
    """Rows of single aggregates, whose id is in `column`.

    PostgreSQL has no statistics of tables made a moment ago: an array has it take the index, where
    it would otherwise go through a table that grows with the log.
    """
    return Scope(
        f"row.{column} = ANY (ARRAY(SELECT id FROM {{noted}}))",  # noqa: S608 - a column of ours
        f"row.{column} NOT IN (SELECT id FROM {{noted}})",  # noqa: S608 - the same
    )


def of_days() -> Scope:
    """Rows that count by day: nothing is counted on a day before the earliest event."""
    earliest = "(SELECT coalesce((min(at) AT TIME ZONE 'UTC')::date, 'infinity') FROM {noted})"
    return Scope(f"row.day >= {earliest}", f"row.day < {earliest}")


def whole() -> Scope:
    """A table small enough to be looked at as a whole."""
    return Scope("EXISTS (SELECT FROM {noted})", "NOT EXISTS (SELECT FROM {noted})")
