"""Runs, rates and percentiles in the shape they are answered in: in total, per test and per day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from projections.decision_queries import words_shares

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projections.reader import Snapshot
    from projections.statistics_queries import Figures


class Percentiles(BaseModel):
    """Seconds, within 5 %."""

    p50: float
    p90: float
    p95: float
    p99: float


class WordsFigures(BaseModel):
    """Steps in words: how many were replayed or healed, and what was asked of models for them."""

    steps: int
    replayed: int
    healed: int
    calls: int
    input_tokens: int
    output_tokens: int
    replayed_share: float
    healed_share: float


class RunFigures(BaseModel):
    """A group of runs; rates are shares of those not cancelled, null where there are none."""

    runs: int
    passed: int
    failed: int
    errored: int
    timed_out: int
    cancelled: int
    flaky: int
    pass_rate: float | None
    flaky_rate: float | None
    duration_seconds: Percentiles | None
    queue_seconds: Percentiles | None
    words: WordsFigures | None


class TestFigures(RunFigures):
    """One test's."""

    test: str = Field(description="a test's id, or the name of inline runs")
    name: str


class DayFigures(RunFigures):
    """One day's (UTC)."""

    day: date


class Statistics(BaseModel):
    """What the runs since a day came to."""

    since: date
    total: RunFigures | None
    tests: list[TestFigures]
    days: list[DayFigures]
    position: int = Field(description="of the log, which the answer reflects")


def statistics_since(snapshot: Snapshot, since: date, test: str | None) -> Statistics:
    """Those that `snapshot` shows, of everything or of one test."""
    found = snapshot.statistics(since, test)
    words = snapshot.words_costs(since, test)
    names = snapshot.test_names([f.test for f in found if f.test])

    def figures(one: Figures) -> dict[str, Any]:
        return {**one.as_json(), "words": words_shares(words.get((one.test, one.day)))}

    return Statistics(
        since=since,
        total=next(
            (RunFigures(**figures(f)) for f in found if f.test is None and f.day is None), None
        ),
        tests=[
            TestFigures(test=name, name=names.get(name, name), **figures(f))
            for name, f in _sorted((f.test, f) for f in found)
        ],
        days=[
            DayFigures(day=date.fromisoformat(day), **figures(f))
            for day, f in _sorted((f.day.isoformat() if f.day else None, f) for f in found)
        ],
        position=snapshot.position,
    )


def _sorted(named: Iterable[tuple[str | None, Figures]]) -> list[tuple[str, Figures]]:
    return sorted(((name, f) for name, f in named if name is not None), key=lambda pair: pair[0])
