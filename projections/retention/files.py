"""Removing the files of old runs: first the log says so, then they go."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import structlog

from domain.errors import ProctorError
from domain.run_events import Artifact

if TYPE_CHECKING:
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.retention_rules import Rule
    from projections.retention.holdings import Holdings
    from runtime.artifacts import ArtifactStore

    Connection = psycopg.Connection[DictRow]

logger = structlog.get_logger()

MOST_RUNS = 100
"""In one commit."""

_MOST_FILES = 500
_DUE = """
    SELECT artifacts.* FROM retention.artifacts JOIN (
        SELECT run_id FROM retention.runs
        WHERE has_artifacts AND status = ANY(%(statuses)s) AND over_at <= %(before)s
        ORDER BY over_at LIMIT %(limit)s
    ) AS due USING (run_id)
    WHERE said_at IS NULL ORDER BY run_id, name
"""
_HOW_MUCH = """
    SELECT count(DISTINCT run_id)::int AS runs, count(*)::int AS artifacts,
        coalesce(sum(size), 0)::bigint AS bytes
    FROM retention.artifacts JOIN retention.runs USING (run_id)
    WHERE said_at IS NULL AND status = ANY(%(statuses)s) AND over_at <= %(before)s
"""
_SAID = """
    SELECT *, EXISTS (
        SELECT FROM retention.artifacts AS other
        WHERE other.sha256 = artifacts.sha256 AND other.said_at IS NULL
    ) AS shared
    FROM retention.artifacts
    WHERE said_at IS NOT NULL AND (run_id, name, sha256) > (%(run_id)s, %(name)s, %(sha256)s)
    ORDER BY run_id, name, sha256 LIMIT %(limit)s
"""
_GONE = """
    DELETE FROM retention.artifacts USING unnest(%s::uuid[], %s::text[], %s::text[])
        AS gone (run_id, name, sha256)
    WHERE (artifacts.run_id, artifacts.name, artifacts.sha256)
        = (gone.run_id, gone.name, gone.sha256)
"""
_BEFORE_ALL = {"run_id": "00000000-0000-0000-0000-000000000000", "name": "", "sha256": ""}


@dataclass(slots=True)
class Files:
    """How much there was: the files of so many runs, and those whose content stays for now because
    somebody kept the same within the last hour."""

    runs: int = 0
    artifacts: int = 0
    bytes: int = 0
    left: int = 0

    def add(self, more: Files) -> None:
        """Counts more of them."""
        self.runs, self.artifacts = self.runs + more.runs, self.artifacts + more.artifacts
        self.bytes += more.bytes


def due(connection: Connection, rule: Rule) -> Files:
    """How much would be removed by a rule."""
    row = connection.execute(_HOW_MUCH, rule.facts()).fetchone()
    return Files(**row) if row else Files()


def say(holdings: Holdings, rule: Rule, by: str) -> Files:
    """Has the log say that the files of some runs go, and how much that is; of none once all is
    said."""
    facts = {**rule.facts(), "limit": MOST_RUNS}
    rows = holdings.connection.execute(_DUE, facts).fetchall()
    of_run: dict[UUID, list[Artifact]] = {
        run_id: [_artifact(row) for row in those]
        for run_id, those in groupby(rows, key=lambda row: row["run_id"])
    }
    before = holdings.log.retentions(*of_run)
    if of_run:
        holdings.log.append(
            *(before[run].remove_artifacts(by, str(rule), those) for run, those in of_run.items())
        )
        holdings.catch_up()
    return Files(len(of_run), len(rows), sum(row["size"] for row in rows))


def require_store(connection: Connection, store: ArtifactStore, rule: Rule) -> None:
    """Raises ProctorError if none of the files that a rule is about is there: they are elsewhere,
    and would be said to be gone."""
    facts = {**rule.facts(), "limit": MOST_RUNS}
    rows = connection.execute(_DUE, facts).fetchall()
    if rows and not any(store.find(row["run_id"], _artifact(row)) for row in rows):
        raise ProctorError(
            f"none of {len(rows)} artifacts that were to go is at {store.folder}: remove them where"
            " they are, or set PROCTOR_ARTIFACTS_DIR"
        )


def carry_out(connection: Connection, store: ArtifactStore) -> int:
    """Removes the files that the log says go, also those that it said before a crash.

    A content that another run has as well stays. Returns how many have to stay for now.
    """
    left, last = 0, _BEFORE_ALL
    while rows := connection.execute(_SAID, {**last, "limit": _MOST_FILES}).fetchall():
        gone = [row for row in rows if _removed(store, row)]
        columns = [[row[name] for row in gone] for name in ("run_id", "name", "sha256")]
        connection.execute(_GONE, columns)
        left += len(rows) - len(gone)
        last = rows[-1]
    return left


def _removed(store: ArtifactStore, row: DictRow) -> bool:
    try:
        return store.remove(row["run_id"], _artifact(row), shared=row["shared"])
    except OSError as error:  # The next time; the others go all the same.
        logger.warning("retention.not_removed", run_id=str(row["run_id"]), error=str(error))
        return False


def _artifact(row: DictRow) -> Artifact:
    return Artifact(**{name: row[name] for name in Artifact.model_fields})
