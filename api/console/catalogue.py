"""Every test with what its runs came to lately, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from psycopg.rows import DictRow

    from projections.reader import Snapshot
    from projections.statistics_queries import Figures

DAYS = 30
MOST = 100
"""Tests on a page."""

_KEPT_WITHOUT_RUNS = 200


@dataclass(frozen=True, slots=True)
class Tested:
    """A kept test, or all runs submitted inline under a name. Rates are shares of the runs that
    were not cancelled; `p50` and `p95` are seconds."""

    key: str
    name: str
    kept: bool
    runs: int = 0
    pass_rate: float | None = None
    flaky_rate: float | None = None
    p50: float | None = None
    p95: float | None = None

    @classmethod
    def of(cls, figures: Figures, key: str, name: str, *, kept: bool) -> Tested:
        """What was counted of it."""
        said = figures.as_json()
        seconds = said["duration_seconds"] or {}
        return cls(
            key, name, kept, said["runs"], said["pass_rate"], said["flaky_rate"],
            seconds.get("p50"), seconds.get("p95"),
        )  # fmt: skip

    @property
    def url(self) -> str:
        """Its page."""
        return (
            f"/tests/{self.key}" if self.kept else f"/tests/inline?{urlencode({'name': self.key})}"
        )

    @property
    def badness(self) -> tuple[float, float, int, str]:
        """The order of the list: seldom passed, often flaky, often run; then those without runs."""
        rate = 2.0 if self.pass_rate is None else self.pass_rate
        return rate, -(self.flaky_rate or 0.0), -self.runs, self.name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A page of the list; `total` tests fit what was `wanted`."""

    tests: Sequence[Tested]
    first: int
    total: int
    wanted: str

    @property
    def more(self) -> str | None:
        """Where the next page is, if there is one."""
        behind = self.first + len(self.tests)
        return self._at(behind) if behind < self.total else None

    @property
    def back(self) -> str | None:
        """Where the page before is, if there is one."""
        return self._at(max(0, self.first - MOST)) if self.first else None

    def _at(self, first: int) -> str:
        said = {"q": self.wanted, "from": first}
        return f"/tests?{urlencode({name: value for name, value in said.items() if value})}"


def since() -> date:
    """The first of the days that are counted."""
    return datetime.now(UTC).date() - timedelta(days=DAYS - 1)


def catalogue(snapshot: Snapshot, wanted: str, first: int) -> Catalogue:
    """The tests whose names have `wanted` in them, from the `first` worst on."""
    every = [*_with_runs(snapshot)]
    ran = {test.key for test in every}
    kept = (Tested(str(row["id"]), row["name"], kept=True) for row in _offered(snapshot))
    every += [test for test in kept if test.key not in ran]
    found = [test for test in every if wanted.casefold() in test.name.casefold()]
    found.sort(key=lambda test: test.badness)
    return Catalogue(found[first : first + MOST], first, len(found), wanted)


def _with_runs(snapshot: Snapshot) -> list[Tested]:
    found = {f.test: f for f in snapshot.statistics(since()) if f.test is not None}
    names = snapshot.test_names(list(found))
    return [
        Tested.of(figures, key, names.get(key, key), kept=key in names)
        for key, figures in found.items()
    ]


def _offered(snapshot: Snapshot) -> Sequence[DictRow]:
    return snapshot.tests(None, _KEPT_WITHOUT_RUNS)
