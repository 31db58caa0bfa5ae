"""Questions about the decisions of steps in words, and about what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.said import Said

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    import psycopg
    from psycopg.rows import DictRow

_KNOWN = """
    SELECT DISTINCT ON (test, suite, words, instruction, nth) *
    FROM decisions JOIN unnest(%(tests)s::text[], %(suites)s::text[]) AS wanted (test, suite)
        USING (test, suite)
    WHERE NOT forgotten ORDER BY test, suite, words, instruction, nth, version DESC
"""
_OF_TEST = """
    SELECT decisions.*, NOT forgotten AND version = max(version) FILTER (WHERE NOT forgotten)
        OVER (PARTITION BY test, suite, words, instruction, nth) AS known
    FROM decisions WHERE test = %(test)s AND (%(suite)s::text IS NULL OR suite = %(suite)s)
    ORDER BY suite, words, instruction, nth, version
"""
_COSTS = """
    SELECT test, day, sum(steps)::bigint AS steps, sum(replayed)::bigint AS replayed,
        sum(healed)::bigint AS healed, sum(calls)::bigint AS calls,
        sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens
    FROM daily_words WHERE day >= %(since)s AND (%(test)s::text IS NULL OR test = %(test)s)
    GROUP BY GROUPING SETS ((), (test), (day))
"""


class DecisionQueries:
    """Questions on one snapshot."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def known_decisions(
        self, tests: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], dict[Said, DictRow]]:
        """What is known of tests (test and suite), by test and step."""
        wanted = list(tests)
        facts = {"tests": [test for test, _ in wanted], "suites": [suite for _, suite in wanted]}
        found: dict[tuple[str, str], dict[Said, DictRow]] = {}
        for row in self._connection.execute(_KNOWN, facts):
            said = Said(row["words"], row["instruction"], row["nth"])
            found.setdefault((row["test"], row["suite"]), {})[said] = row
        return found

    def decisions_of(self, test: str, suite: str | None = None) -> list[DictRow]:
        """Every version of every decision of a test; the one that is replayed is `known`."""
        return self._connection.execute(_OF_TEST, {"test": test, "suite": suite}).fetchall()

    def words_costs(
        self, since: datetime.date, test: str | None = None
    ) -> dict[tuple[str | None, datetime.date | None], dict[str, Any]]:
        """Steps in words and what they cost, by test, by day, and in all (neither)."""
        rows = self._connection.execute(_COSTS, {"since": since, "test": test}).fetchall()
        return {(row.pop("test"), row.pop("day")): row for row in rows if row["steps"] is not None}


def words_shares(costs: dict[str, Any] | None) -> dict[str, Any] | None:
    """The costs with how much of them was saved: shares of the steps in words; None of none."""
    if costs is None:
        return None
    steps = costs["steps"]
    return {
        **costs,
        "replayed_share": round(costs["replayed"] / steps, 4),
        "healed_share": round(costs["healed"] / steps, 4),
    }
