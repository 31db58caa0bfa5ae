"""What of a table a stretch of the log may have changed: known from its events alone."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition on rows of the table `row`: whether the events noted in a table may have changed,
    made or taken them away. Nothing is within it where nothing is noted."""

    condition: str

    def within(self, noted: str) -> Composed:
        """The condition for the events noted in the table called so."""
        return SQL(self.condition).format(noted=Identifier(noted))


def of_aggregate(column: str = "id") -> Scope:
    """Rows of single aggregates, whose id is in `column`."""
    return Scope(f"row.{column} IN (SELECT id FROM {{noted}})")  # noqa: S608 - a column of ours


def of_days() -> Scope:
    """Rows that count by day: nothing is counted on a day before the earliest event."""
    return Scope(
        "row.day >= (SELECT coalesce((min(at) AT TIME ZONE 'UTC')::date, 'infinity') FROM {noted})"
    )


def whole() -> Scope:
    """A table small enough to be looked at as a whole."""
    return Scope("EXISTS (SELECT FROM {noted})")
