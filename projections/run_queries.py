"""Questions about runs, tests and keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from domain.run_queue import QUEUE_ID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

_RUNS = "SELECT runs.*, NULL::bigint AS queue_position FROM runs"
_PLACES = """
    SELECT id, place FROM (
        SELECT id, row_number() OVER (PARTITION BY pool ORDER BY priority, asked_position) AS place
        FROM runs WHERE status = 'queued'
    ) AS waiting WHERE id = ANY(%s)
"""
"""Over the whole queue: asked only for a page that shows a waiting run."""

_ONE_RUN = """
    SELECT runs.*, CASE WHEN status = 'queued' THEN (
        SELECT count(*) FROM runs AS other WHERE other.status = 'queued' AND other.pool = runs.pool
        AND (other.priority, other.asked_position) <= (runs.priority, runs.asked_position)
    ) END AS queue_position
    FROM runs WHERE id = %s
"""
_WAITING = """
    SELECT waiting.*,
        row_number() OVER (PARTITION BY pool ORDER BY priority, asked_position) AS queue_position
    FROM (SELECT DISTINCT pool AS name FROM runs WHERE status = 'queued') AS pools, LATERAL (
        SELECT * FROM runs WHERE status = 'queued' AND pool = pools.name
        ORDER BY priority, asked_position LIMIT %s
    ) AS waiting ORDER BY queue_position, pool
"""
"""Each pool's from the index: the queue may be long."""
_TYPICAL_SECONDS = """
    SELECT avg(duration) AS seconds FROM (
        SELECT duration FROM runs WHERE finished_position IS NOT NULL
        ORDER BY finished_position DESC LIMIT 50
    ) AS latest
"""
_LATEST_BATCHES = """
    SELECT batch_id AS id, count(*) AS runs, min(queued_at) AS since
    FROM (
        SELECT batch_id, queued_at, requested_position FROM runs
        ORDER BY requested_position DESC LIMIT 3000
    ) AS latest WHERE batch_id IS NOT NULL GROUP BY batch_id
    ORDER BY max(requested_position) DESC LIMIT %s
"""
"""Among the latest runs only: batches have no index by time."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; `before` is the cursor, a position of the log, and `name` that of runs
    submitted inline."""

    statuses: Sequence[str] = ()
    test_id: UUID | None = None
    batch_id: UUID | None = None
    labels: dict[str, str] = field(default_factory=dict)
    before: int | None = None
    limit: int = 50
    name: str | None = None


class RunQueries:
    """Questions on one snapshot; rows come as dicts with the views' column names."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def run(self, run_id: UUID) -> DictRow | None:
        """One run with its place in the queue, or None."""
        return self._connection.execute(_ONE_RUN, (run_id,)).fetchone()

    def runs_of(self, run_ids: Sequence[UUID]) -> list[DictRow]:
        """These runs, in the order they were requested."""
        statement = _RUNS + " WHERE id = ANY(%s) ORDER BY requested_position"
        return self._with_places(self._connection.execute(statement, (list(run_ids),)).fetchall())

    def runs(self, wanted: RunFilter) -> list[DictRow]:
        """A page of runs, the newest first."""
        conditions, facts = _conditions(wanted)
        statement = f"{_RUNS} WHERE {conditions} ORDER BY requested_position DESC LIMIT %(limit)s"
        return self._with_places(self._connection.execute(statement, facts).fetchall())

    def latest_batches(self, most: int) -> list[DictRow]:
        """Batches among the latest 3,000 runs, the newest first: `id`, `runs` and `since`."""
        return self._connection.execute(_LATEST_BATCHES, (most,)).fetchall()

    def _with_places(self, rows: list[DictRow]) -> list[DictRow]:
        waiting = [row["id"] for row in rows if row["status"] == "queued"]
        if waiting:
            found = self._connection.execute(_PLACES, (waiting,)).fetchall()
            places = {row["id"]: row["place"] for row in found}
            for row in rows:
                row["queue_position"] = places.get(row["id"])
        return rows

    def running(self) -> list[DictRow]:
        """The runs that executors hold, the longest held first."""
        statement = f"{_RUNS} WHERE status = 'running' ORDER BY started_at"
        return self._connection.execute(statement).fetchall()

    def waiting(self, most: int) -> list[DictRow]:
        """The runs that start next, so many of each pool."""
        return self._connection.execute(_WAITING, (most,)).fetchall()

    def queued(self) -> dict[tuple[str, int], int]:
        """How many wait, by pool and priority."""
        rows = self._connection.execute(
            "SELECT pool, priority, count(*) AS count FROM runs WHERE status = 'queued'"
            " GROUP BY pool, priority ORDER BY pool, priority"
        )
        return {(row["pool"], row["priority"]): row["count"] for row in rows}

    def oldest_queued(self) -> Any:
        """When the run that waits longest was requested, or None."""
        row = self._connection.execute(
            "SELECT queued_at AS at FROM runs WHERE status = 'queued'"
            " ORDER BY requested_position LIMIT 1"
        ).fetchone()
        return row["at"] if row else None

    def queued_ids(self) -> list[UUID]:
        """Every run that waits."""
        rows = self._connection.execute(
            "SELECT id FROM runs WHERE status = 'queued' ORDER BY requested_position"
        )
        return [row["id"] for row in rows]

    def first_open(self, pool: str) -> int | None:
        """The position of the pool's oldest run that is not over; None if all are."""
        row = self._connection.execute(
            "SELECT min(requested_position) AS position FROM runs"
            " WHERE status IN ('queued', 'running') AND pool = %s",
            (pool,),
        ).fetchone()
        return row["position"] if row else None

    def paused(self) -> bool:
        """Whether the queue is paused."""
        row = self._connection.execute(
            "SELECT paused FROM queues WHERE id = %s", (QUEUE_ID,)
        ).fetchone()
        return bool(row and row["paused"])

    def drained(self) -> frozenset[str]:
        """The executors that may take no run, whether they are connected or not."""
        row = self._connection.execute(
            "SELECT drained FROM queues WHERE id = %s", (QUEUE_ID,)
        ).fetchone()
        return frozenset(row["drained"] if row else ())

    def typical_seconds(self) -> float | None:
        """How long the latest runs took on average; None before the first verdict."""
        row = self._connection.execute(_TYPICAL_SECONDS).fetchone()
        return float(row["seconds"]) if row and row["seconds"] is not None else None

    def test(self, test_id: UUID) -> DictRow | None:
        """One test, or None."""
        return self._connection.execute("SELECT * FROM tests WHERE id = %s", (test_id,)).fetchone()

    def tests(self, before: int | None, limit: int) -> list[DictRow]:
        """A page of the tests on offer, the newest first."""
        return self._connection.execute(
            "SELECT * FROM tests WHERE NOT archived"
            " AND (%(before)s::bigint IS NULL OR created_position < %(before)s)"
            " ORDER BY created_position DESC LIMIT %(limit)s",
            {"before": before, "limit": limit},
        ).fetchall()

    def test_names(self, test_ids: Sequence[str]) -> dict[str, str]:
        """The names of tests by id."""
        rows = self._connection.execute(
            "SELECT id::text AS id, name FROM tests WHERE id::text = ANY(%s)", (list(test_ids),)
        )
        return {row["id"]: row["name"] for row in rows}

    def api_keys(self) -> list[DictRow]:
        """Every API key, the oldest first; never what opens it."""
        return self._connection.execute("SELECT * FROM keys ORDER BY created_position").fetchall()


def _conditions(wanted: RunFilter) -> tuple[str, dict[str, Any]]:
    conditions = ["true"]
    if wanted.statuses:
        conditions.append("status = ANY(%(statuses)s)")
    if wanted.test_id is not None:
        conditions.append("test_id = %(test_id)s")
    if wanted.batch_id is not None:
        conditions.append("batch_id = %(batch_id)s")
    if wanted.labels:
        conditions.append("labels @> %(labels)s")
    if wanted.name is not None:
        conditions.append("test_id IS NULL AND name = %(name)s")
    if wanted.before is not None:
        conditions.append("requested_position < %(before)s")
    facts = {
        "statuses": list(wanted.statuses),
        "test_id": wanted.test_id,
        "batch_id": wanted.batch_id,
        "labels": Jsonb(wanted.labels),
        "name": wanted.name,
        "before": wanted.before,
        "limit": wanted.limit,
    }
    return " AND ".join(conditions), facts
