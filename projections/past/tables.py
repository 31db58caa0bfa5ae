"""The tables of the views as they were: each row that ever stood at a milestone, kept once.

`past_runs` holds rows of `runs` with the milestones between which they stood: from `since` on, and
at `until` no more. A run changes for minutes and then never again, so nearly every one is there
once or twice, however many milestones there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Composable, Identifier

from projections.past.scope import Scope, of_aggregate, of_days, whole

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

    Connection = psycopg.Connection[DictRow]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the views, what identifies a row of it, and what events change of it."""

    name: str
    key: tuple[str, ...]
    scope: Scope
    indexes: tuple[str, ...] = ()
    """Of the table of its past: for questions about runs that were, and for finding the rows of
    what a stretch is about."""

    def parts(self, connection: Connection) -> dict[str, Composable]:
        """What statements on the table and its past are put together of: `{table}`, `{past}`,
        `{key}`, `{columns}`, and those of the aliases `row` and `now`."""
        found = connection.execute(SQL("SELECT * FROM {} LIMIT 0").format(Identifier(self.name)))
        columns = [column.name for column in found.description or ()]
        return {
            "table": Identifier(self.name),
            "past": Identifier(f"past_{self.name}"),
            "key": _listed(self.key),
            "columns": _listed(columns),
            "of_row": _listed(columns, "row"),
            "of_now": _listed(columns, "now"),
            "same": SQL("({}) = ({})").format(_listed(self.key, "now"), _listed(self.key, "row")),
        }


def _listed(columns: list[str] | tuple[str, ...], *of: str) -> Composable:
    return SQL(", ").join(Identifier(*of, column) for column in columns)


TABLES = (
    Table(
        "runs", ("id",), of_aggregate(),
        ("(requested_position)", "(status, requested_position)",
         "(finished_position DESC) WHERE finished_position IS NOT NULL", "(id)"),
    ),
    Table("tests", ("id",), of_aggregate()),
    Table("keys", ("id",), of_aggregate()),
    Table("queues", ("id",), of_aggregate()),
    Table("deeds", ("position",), of_aggregate("subject"), ("(subject)", "(position)")),
    Table("daily", ("day", "test"), of_days()),
    Table("histograms", ("day", "test", "metric", "bucket"), of_days()),
    Table("words_in_runs", ("run_id", "step"), of_aggregate("run_id"), ("(run_id)",)),
    Table("decisions", ("test", "suite", "words", "instruction", "nth", "version"), whole()),
    Table("daily_words", ("day", "test"), of_days()),
)  # fmt: skip
"""All but the position, which a milestone has for itself."""

_NOTED = """
    CREATE TABLE IF NOT EXISTS {} (id uuid PRIMARY KEY, at timestamptz NOT NULL)
"""
_MILESTONES = """
    CREATE TABLE IF NOT EXISTS milestones (
        position bigint PRIMARY KEY,
        earliest timestamptz NOT NULL,
        latest timestamptz
    )
"""
_PAST = """
    CREATE TABLE IF NOT EXISTS {past} (LIKE {table}, since bigint NOT NULL, until bigint);
    CREATE UNIQUE INDEX IF NOT EXISTS {standing} ON {past} ({key}) WHERE until IS NULL
"""


def make(connection: Connection) -> None:
    """Makes the tables of the past in the entered schema, which has those of the views."""
    connection.execute(_MILESTONES)
    make_noted(connection, "touched")
    for table in TABLES:
        name, parts = f"past_{table.name}", table.parts(connection)
        connection.execute(SQL(_PAST).format(standing=Identifier(f"{name}_standing"), **parts))
        for number, index in enumerate(table.indexes):
            connection.execute(
                SQL("CREATE INDEX IF NOT EXISTS {} ON {} ").format(
                    Identifier(f"{name}_{number}"), Identifier(name)
                )
                + SQL(index)
            )


def make_noted(connection: Connection, name: str) -> None:
    """Makes a table of aggregates, each with the earliest of its events that are noted."""
    connection.execute(SQL(_NOTED).format(Identifier(name)))
