"""One test: its rates, how long it takes, its last results, its slow steps and its failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.console.catalogue import DAYS, Tested, since
from api.console.likeness import alike
from api.console.slow_steps import slow_steps
from api.console.trend import trend
from domain.errors import NotFoundError
from projections.run_queries import RunFilter

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg.rows import DictRow

    from api.services import Services
    from projections.reader import Snapshot

_LOOKED_AT = 300
"""Runs whose failures are compared."""

_DRAWN = 120
_IN_STRIP = 60
_FAILURES = 8


def kept_test(services: Services, test_id: UUID) -> dict[str, Any]:
    """What there is to say of a kept test. Raises NotFoundError."""
    with services.reader.now() as snapshot:
        row = snapshot.test(test_id)
        if row is None:
            raise NotFoundError(f"there is no test {test_id}")
        return _facts(services, snapshot, row, test_id, row["name"])


def inline_test(services: Services, name: str) -> dict[str, Any]:
    """What there is to say of runs submitted inline under that name. Raises NotFoundError."""
    with services.reader.now() as snapshot:
        if not snapshot.runs(RunFilter(name=name, limit=1)):
            raise NotFoundError(f"no run was ever called {name[:200]!r}")
        return _facts(services, snapshot, None, None, name)


def _facts(
    services: Services, snapshot: Snapshot, kept: DictRow | None, test_id: UUID | None, name: str
) -> dict[str, Any]:
    verdicts = snapshot.verdicts_of_test(test_id, name, _LOOKED_AT)
    steps, runs_read = slow_steps(services.log, verdicts)
    return {
        "test": _figures(snapshot, str(test_id) if test_id else name, name, kept=bool(test_id)),
        "kept": kept,
        "days": DAYS,
        "trend": trend(verdicts[:_DRAWN][::-1]),
        "strip": verdicts[:_IN_STRIP][::-1],
        "steps": steps,
        "runs_read": runs_read,
        "failures": alike(verdicts, _FAILURES),
        "looked_at": len(verdicts),
    }


def _figures(snapshot: Snapshot, key: str, name: str, *, kept: bool) -> Tested:
    for figures in snapshot.statistics(since(), key):
        if figures.test == key:
            return Tested.of(figures, key, name, kept=kept)
    return Tested(key, name, kept)
