"""Questions about many runs at once: rates, and percentiles from the histograms."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from projections.statistics import BUCKET_BASE

if TYPE_CHECKING:
    import datetime

    import psycopg
    from psycopg.rows import DictRow

    from projections.run_times import Group, Histogram, RunTimes

_VERDICTS = ("passed", "failed", "errored", "timed_out", "cancelled")
_COUNTS = ("runs", *_VERDICTS, "flaky")
PERCENTILES = (50, 90, 95, 99)

# One pass answers for everything, every test and every day.
_GROUPS = "GROUP BY GROUPING SETS ((), (test), (day))"
_WHERE = "WHERE day >= %(since)s AND (%(test)s::text IS NULL OR test = %(test)s)"
_DAILY = f"""
    SELECT test, day, {", ".join(f"sum({count})::bigint AS {count}" for count in _COUNTS)}
    FROM daily {_WHERE} {_GROUPS}
"""  # noqa: S608 - the parts are ours


@dataclass(slots=True)
class Figures:
    """What is known of one group of runs; times are histograms, bucket to count."""

    test: str | None
    day: datetime.date | None
    counts: dict[str, int] = field(default_factory=dict)
    times: dict[str, Histogram] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The figures as the API shows them; rates are shares of the runs not cancelled."""
        judged = self.counts.get("runs", 0) - self.counts.get("cancelled", 0)
        return {
            **{count: self.counts.get(count, 0) for count in _COUNTS},
            "pass_rate": self.counts.get("passed", 0) / judged if judged else None,
            "flaky_rate": self.counts.get("flaky", 0) / judged if judged else None,
            "duration_seconds": percentiles(self.times.get("duration", {})),
            "queue_seconds": percentiles(self.times.get("queue", {})),
        }


def percentiles(histogram: Histogram) -> dict[str, float] | None:
    """p50, p90, p95 and p99 in seconds, within 5 %; None of an empty histogram."""
    if not histogram:
        return None
    buckets = sorted(histogram)
    seen = list(accumulate(histogram[bucket] for bucket in buckets))
    return {
        f"p{p}": round(BUCKET_BASE ** buckets[bisect_left(seen, seen[-1] * p / 100)], 4)
        for p in PERCENTILES
    }


class StatisticsQueries:
    """Questions on one snapshot."""

    def __init__(self, connection: psycopg.Connection[DictRow], times: RunTimes) -> None:
        self._connection = connection
        self._times = times

    def statistics(self, since: datetime.date, test: str | None = None) -> list[Figures]:
        """Figures of everything (neither test nor day set), each test and each day."""
        found: dict[Group, Figures] = {}
        for row in self._connection.execute(_DAILY, {"since": since, "test": test}):
            figures = Figures(row["test"], row["day"])
            figures.counts = {count: row[count] or 0 for count in _COUNTS}
            found[row["test"], row["day"]] = figures
        runs = {day: figures.counts["runs"] for (_, day), figures in found.items() if day}
        for group, times in self._times.of(self._connection, since, test, runs).items():
            found[group].times = times
        return list(found.values())
