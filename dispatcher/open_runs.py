"""The dispatcher's memory of runs that are not over, kept in the database with its position."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from domain.dispatch import Dispatch
from runtime.schema import save_version, version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    Connection = psycopg.Connection[DictRow]

_MIGRATIONS = sorted((Path(__file__).parent / "sql").glob("[0-9]*.sql"))
"""The n-th brings the tables to version n."""
_COLUMNS = (
    "run_id", "dispatch_id", "asked_position", "pool", "attempt", "priority", "timeout",
    "executor", "running_since",
)  # fmt: skip
_SAVE = f"""
    INSERT INTO dispatch.open_runs ({", ".join(_COLUMNS)})
    VALUES (%(run_id)s, %(dispatch_id)s, %(asked_position)s, %(pool)s, %(attempt)s, %(priority)s,
            %(timeout)s, %(executor)s, CASE WHEN %(running)s THEN clock_timestamp() END)
    ON CONFLICT (run_id) DO UPDATE SET
        dispatch_id = excluded.dispatch_id, asked_position = excluded.asked_position,
        attempt = excluded.attempt, priority = excluded.priority, executor = excluded.executor,
        waiting_since = CASE WHEN dispatch.open_runs.asked_position = excluded.asked_position
            THEN dispatch.open_runs.waiting_since ELSE clock_timestamp() END,
        running_since = CASE WHEN %(running)s THEN
            CASE WHEN dispatch.open_runs.attempt = excluded.attempt
                 THEN coalesce(dispatch.open_runs.running_since, excluded.running_since)
                 ELSE excluded.running_since END END
"""  # noqa: S608 - the columns are ours


@dataclass(slots=True)
class OpenRun:
    """One run that is not over, as the dispatcher sees it."""

    run_id: UUID
    dispatch_id: str
    asked_position: int
    pool: str
    attempt: int
    priority: int
    timeout: float
    executor: str | None = None
    running: bool = False

    def dispatch(self) -> Dispatch:
        """The message that asks for it now."""
        return Dispatch(self.run_id, self.attempt, self.priority, self.dispatch_id, self.pool)


def make_tables(connection: Connection) -> None:
    """Brings the tables to this program's version; the caller holds the schema lock.

    Raises ProctorError if they are newer.
    """
    version = version_of(connection, "dispatcher", len(_MIGRATIONS))
    for number, migration in enumerate(_MIGRATIONS[version:], version + 1):
        with connection.transaction():
            connection.execute(migration.read_text())
            save_version(connection, "dispatcher", number)


def position(connection: Connection) -> int:
    """The position of the last event handled: everything asked for up to it is published."""
    row = connection.execute("SELECT position FROM dispatch.position").fetchone()
    return int(row["position"]) if row else 0


def lock_position(connection: Connection) -> int:
    """The position of the last event handled, locked until the transaction ends."""
    row = connection.execute("SELECT position FROM dispatch.position FOR UPDATE").fetchone()
    return int(row["position"]) if row else 0


def save_position(connection: Connection, position: int) -> None:
    """Moves the position forward, in the caller's transaction."""
    connection.execute("UPDATE dispatch.position SET position = %s", (position,))


def pass_over(connection: Connection, position: int) -> None:
    """Notes, once, that nobody here knows what the event at `position` asks for."""
    connection.execute(
        "UPDATE dispatch.position SET passed_over = coalesce(passed_over, %s)", (position,)
    )


def passed_over(connection: Connection) -> int | None:
    """The position of the first event that was passed over; None if none was."""
    row = connection.execute("SELECT passed_over FROM dispatch.position").fetchone()
    return row["passed_over"] if row else None


def go_back(connection: Connection, position: int) -> None:
    """Has everything behind `position` handled again."""
    connection.execute(
        "UPDATE dispatch.position SET passed_over = NULL, position = least(position, %s)",
        (position,),
    )


def load(connection: Connection, run_ids: Iterable[UUID]) -> dict[UUID, OpenRun]:
    """Those of the runs that are open."""
    rows = connection.execute(
        "SELECT * FROM dispatch.open_runs WHERE run_id = ANY(%s)", (list(run_ids),)
    )
    return {row["run_id"]: _open_run(row) for row in rows}


def save(connection: Connection, runs: Iterable[OpenRun]) -> None:
    """Writes the runs as they are now."""
    rows = [{column: getattr(run, column) for column in OpenRun.__slots__} for run in runs]
    if rows:
        connection.cursor().executemany(_SAVE, rows)


def forget(connection: Connection, run_ids: Iterable[UUID]) -> None:
    """Drops runs that are over."""
    connection.execute("DELETE FROM dispatch.open_runs WHERE run_id = ANY(%s)", (list(run_ids),))


def every(connection: Connection) -> Iterator[OpenRun]:
    """All open runs in the order they were asked for, a page at a time."""
    after = 0
    while rows := connection.execute(
        "SELECT * FROM dispatch.open_runs WHERE asked_position > %s"
        " ORDER BY asked_position LIMIT 1000",
        (after,),
    ).fetchall():
        yield from map(_open_run, rows)
        after = rows[-1]["asked_position"]


def waiting_longer(connection: Connection, seconds: float, most: int) -> list[OpenRun]:
    """Waiting runs that could be more urgent and were last asked for so long ago, longest first."""
    rows = connection.execute(
        "SELECT * FROM dispatch.open_runs WHERE running_since IS NULL AND priority > 1"
        " AND waiting_since < clock_timestamp() - make_interval(secs => %s)"
        " ORDER BY waiting_since LIMIT %s",
        (seconds, most),
    )
    return [_open_run(row) for row in rows]


def overdue(connection: Connection, grace: float) -> list[OpenRun]:
    """Running runs whose time, and `grace` seconds on top, is used up by the database's clock."""
    rows = connection.execute(
        "SELECT * FROM dispatch.open_runs"
        " WHERE running_since + make_interval(secs => timeout + %s) < clock_timestamp()",
        (grace,),
    )
    return [_open_run(row) for row in rows]


def seconds_to_next_deadline(connection: Connection, grace: float) -> float | None:
    """How long until the next running run is overdue; None if none runs."""
    row = connection.execute(
        "SELECT min(extract(epoch FROM running_since - clock_timestamp()) + timeout + %s) AS left"
        " FROM dispatch.open_runs WHERE running_since IS NOT NULL",
        (grace,),
    ).fetchone()
    return float(row["left"]) if row and row["left"] is not None else None


def running(connection: Connection, longer_than: float = 0.0) -> list[OpenRun]:
    """The runs that executors hold, since more than so many seconds by the database's clock."""
    rows = connection.execute(
        "SELECT * FROM dispatch.open_runs"
        " WHERE running_since + make_interval(secs => %s) <= clock_timestamp()",
        (longer_than,),
    )
    return [_open_run(row) for row in rows]


def _open_run(row: DictRow) -> OpenRun:
    facts = {column: row[column] for column in _COLUMNS if column != "running_since"}
    return OpenRun(**facts, running=row["running_since"] is not None)
