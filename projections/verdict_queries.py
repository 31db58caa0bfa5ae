"""Questions about runs that are over: the latest, those of an hour, and earlier ones of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

_LATEST = """
    SELECT *, NULL::bigint AS queue_position FROM runs
    WHERE finished_position IS NOT NULL ORDER BY finished_position DESC LIMIT %s
"""
_MOST_IN_AN_HOUR = 30_000
_BY_MINUTE = f"""
    SELECT date_trunc('minute', finished_at) AS minute, count(*) AS verdicts,
        count(*) FILTER (WHERE status = 'passed') AS passed,
        count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
        count(queue_seconds) AS started, coalesce(sum(queue_seconds), 0) AS waited,
        max(finished_position) AS position
    FROM (
        SELECT finished_at, status, queue_seconds, finished_position FROM runs
        WHERE finished_position > %(after)s ORDER BY finished_position DESC LIMIT {_MOST_IN_AN_HOUR}
    ) AS latest
    WHERE finished_at >= %(since)s GROUP BY 1
"""  # noqa: S608 - the number is ours
_EARLIER = """
    SELECT * FROM runs WHERE requested_position < %(before)s AND finished_position IS NOT NULL
        AND {same} ORDER BY requested_position DESC LIMIT %(limit)s
"""
_PASSED_LAST = """
    SELECT * FROM (
        SELECT * FROM runs WHERE requested_position < %(before)s
            AND {same} ORDER BY requested_position DESC LIMIT 1000
    ) AS latest WHERE status = 'passed' ORDER BY requested_position DESC LIMIT %(limit)s
"""
"""Among the latest runs only: of a test that never passed, each look would go through all."""
_BEHIND_ALL = 2**63 - 1
_BY_ID = "test_id = %(test_id)s"
_BY_NAME = "test_id IS NULL AND name = %(name)s"
"""Inline runs of the same name are the same test's."""


class VerdictQueries:
    """Questions on one snapshot; rows come as dicts with the views' column names."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def latest_verdicts(self, limit: int) -> list[DictRow]:
        """The runs that ended last, the newest first."""
        return self._connection.execute(_LATEST, (limit,)).fetchall()

    def verdicts_by_minute(self, since: datetime, after: int) -> list[DictRow]:
        """How many ended in each minute since then, and what they came to; only of verdicts behind
        the position `after`, and of the latest 30,000."""
        facts = {"since": since, "after": after}
        return self._connection.execute(_BY_MINUTE, facts).fetchall()

    def earlier_of_test(self, run: DictRow, limit: int) -> list[DictRow]:
        """Runs of the same test that were requested before this one and are over, the newest
        first."""
        return self._of_test(_EARLIER, run, limit)

    def last_pass_of_test(self, run: DictRow) -> DictRow | None:
        """The newest of them that passed, among the latest 1,000."""
        return next(iter(self._of_test(_PASSED_LAST, run, 1)), None)

    def verdicts_of_test(self, test_id: UUID | None, name: str, limit: int) -> list[DictRow]:
        """The runs of a kept test that are over, the newest first; without an id of those submitted
        inline under that name."""
        behind_all = {"requested_position": _BEHIND_ALL, "test_id": test_id, "name": name}
        return self._of_test(_EARLIER, behind_all, limit)

    def _of_test(self, statement: str, run: DictRow, limit: int) -> list[DictRow]:
        facts = {
            "before": run["requested_position"],
            "test_id": run["test_id"],
            "name": run["name"],
            "limit": limit,
        }
        same = _BY_ID if run["test_id"] is not None else _BY_NAME
        return self._connection.execute(statement.format(same=same), facts).fetchall()
