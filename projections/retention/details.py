"""Removing the details of old runs: the log says so, the ledger chains that, and then they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from projections.retention.bare import bare_runs
from projections.retention.sealing import sealed, wait_until_chained

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.retention_rules import Rule
    from projections.retention.bare import BareRun
    from projections.retention.holdings import Holdings

    Connection = psycopg.Connection[DictRow]

MOST_RUNS = 300
"""In one commit."""

_MOST_EVENTS = 500
"""In one commit: nobody can append meanwhile."""

_DUE = """
    has_details AND details_said_at IS NULL AND status = ANY(%(statuses)s)
        AND over_at <= %(before)s
"""
_HOW_MANY = f"""
    SELECT count(*)::int AS runs, coalesce(max(over_position), 0) AS last
    FROM retention.runs WHERE {_DUE}
"""  # noqa: S608 - ours
_NEXT = f"""
    SELECT run_id FROM retention.runs
    WHERE {_DUE} AND over_position <= %(sealed)s AND run_id <> ALL(%(passed_over)s)
    ORDER BY over_at LIMIT %(limit)s
"""  # noqa: S608 - ours
_SAID = """
    SELECT run_id FROM retention.runs
    WHERE has_details AND details_said_at IS NOT NULL AND run_id <> ALL(%(passed_over)s)
    ORDER BY details_said_at LIMIT %(limit)s
"""
_DONE = "UPDATE retention.runs SET has_details = false WHERE run_id = ANY(%s)"
_REPLACE = "SELECT proctor_remove_details(%s::bigint[], %s::bigint[], %s::bytea[])"


@dataclass(slots=True)
class Details:
    """How much there was: the details of so many events, of so many runs; and runs that have to
    wait, because the ledger has no checkpoint over them yet."""

    runs: int = 0
    events: int = 0
    left: int = 0

    def add(self, more: Details) -> None:
        """Counts more of them."""
        self.runs, self.events = self.runs + more.runs, self.events + more.events
        self.left += more.left


def due(connection: Connection, rule: Rule) -> Details:
    """Of how many runs they would be removed by a rule."""
    runs, _ = _due(connection, rule)
    return Details(runs)


class DetailsRemoval:
    """Removes what is due, and what the log said before a crash."""

    def __init__(self, holdings: Holdings, by: str) -> None:
        self._holdings = holdings
        self._connection = holdings.connection
        self._by = by
        self._passed_over: list[UUID] = []

    def by_rule(self, rule: Rule) -> Details:
        """Removes what a rule is about."""
        done = Details()
        _, last = _due(self._connection, rule)
        facts = {**rule.facts(), "sealed": sealed(self._connection, last)}
        while run_ids := self._next(_NEXT, **facts):
            self._say(self._bare(run_ids), str(rule))
            done.add(self.carry_out())
        done.left = due(self._connection, rule).runs
        return done

    def carry_out(self) -> Details:
        """Removes what the log says is removed."""
        done = Details()
        while run_ids := self._next(_SAID):
            runs = self._bare(run_ids)
            # Said by another version of this program, which would have left other bytes.
            self._say([run for run in runs if run.unsaid])
            runs = self._bare([run.retention.run_id for run in runs])
            self._replace(runs)
            self._connection.execute(_DONE, ([run.retention.run_id for run in runs],))
            done.runs += len(runs)
            done.events += sum(len(run.states) for run in runs)
        return done

    def _next(self, query: str, **facts: Any) -> list[UUID]:
        facts |= {"passed_over": self._passed_over, "limit": MOST_RUNS}
        return [row["run_id"] for row in self._connection.execute(query, facts)]

    def _bare(self, run_ids: Sequence[UUID]) -> list[BareRun]:
        found = list(bare_runs(self._connection, run_ids))
        self._passed_over += {*run_ids} - {run.retention.run_id for run in found}
        return found

    def _say(self, runs: Sequence[BareRun], rule: str | None = None) -> None:
        said = [
            run.retention.remove_details(
                self._by, rule or run.retention.events[-1].rule, run.unsaid
            )
            for run in runs
        ]
        if said:
            self._holdings.log.append(*said)
            self._holdings.catch_up()

    def _replace(self, runs: Sequence[BareRun]) -> None:
        changes = [
            (run.said_at[entry], entry.position, state)
            for run in runs
            for entry, state in run.states.items()
        ]
        if changes:
            wait_until_chained(self._connection, max(said_at for said_at, _, _ in changes))
        for start in range(0, len(changes), _MOST_EVENTS):
            said_at, positions, states = zip(*changes[start : start + _MOST_EVENTS], strict=True)
            self._connection.execute(_REPLACE, (sorted({*said_at}), list(positions), list(states)))


def _due(connection: Connection, rule: Rule) -> tuple[int, int]:
    """How many runs, and the position at which the last of them was over."""
    row = connection.execute(_HOW_MANY, rule.facts()).fetchone()
    return (row["runs"], row["last"]) if row else (0, 0)
