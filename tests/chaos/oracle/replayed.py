"""The views equal a fresh replay of the log: made beside them, and compared row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from projections import views
from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import EventLog

_SCHEMA = "chaos_replay"
_BATCH = 2_000
_TABLES = (
    "position", "runs", "tests", "keys", "queues", "deeds", "daily", "histograms", "words_in_runs",
    "decisions", "daily_words",
)  # fmt: skip
_DIFFERENT = (
    "(TABLE {one}.{table} EXCEPT ALL TABLE {other}.{table})"
    " UNION ALL (TABLE {other}.{table} EXCEPT ALL TABLE {one}.{table})"
)


def judge_views(url: str, log: EventLog) -> Iterator[Finding]:
    """Replays the log into a schema of the oracle's own.

    It goes on where the last trial's replay ended: no fault disturbed that one, so it is the same.
    """
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        views.make(connection, _SCHEMA)
        while _advance(connection, log):
            pass
        for table in _TABLES:
            yield from _compare(connection, table)


def _advance(connection: psycopg.Connection[dict[str, object]], log: EventLog) -> bool:
    with connection.transaction():
        views.enter(connection, _SCHEMA)
        batch = log.read(views.position(connection), _BATCH)
        if batch:
            views.project(connection, batch)
    return bool(batch)


def _compare(connection: psycopg.Connection[dict[str, object]], table: str) -> Iterator[Finding]:
    names = {
        "one": Identifier(views.LIVE),
        "other": Identifier(_SCHEMA),
        "table": Identifier(table),
    }
    rows = connection.execute(SQL(_DIFFERENT).format(**names)).fetchall()
    if rows:
        yield Finding("views", f"{len(rows)} rows of {table} differ, such as {rows[0]}")
