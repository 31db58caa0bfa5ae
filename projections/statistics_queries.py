"""Questions about many runs at once: rates, and percentiles from the histograms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from projections.statistics import BUCKET_BASE

if TYPE_CHECKING:
    import datetime

    import psycopg
    from psycopg.rows import DictRow

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
_HISTOGRAMS = f"""
    SELECT test, day, metric, bucket, sum(count)::bigint AS count FROM histograms {_WHERE}
    GROUP BY GROUPING SETS ((metric, bucket), (test, metric, bucket), (day, metric, bucket))
    ORDER BY bucket
"""  # noqa: S608 - the parts are ours


@dataclass(slots=True)
class Figures:
    """What is known of one group of runs; times are histograms, bucket to count."""

    test: str | None
    day: datetime.date | None
    counts: dict[str, int] = field(default_factory=dict)
    times: dict[str, dict[int, int]] = field(default_factory=dict)

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


def percentiles(histogram: dict[int, int]) -> dict[str, float] | None:
    """p50, p90, p95 and p99 in seconds, within 5 %; None of an empty histogram."""
    total = sum(histogram.values())
    if not total:
        return None
    return {f"p{p}": round(_percentile(histogram, total * p / 100), 4) for p in PERCENTILES}


def _percentile(histogram: dict[int, int], rank: float) -> float:
    seen = 0
    bucket = 0
    for bucket, count in sorted(histogram.items()):  # noqa: B007 - the last one answers
        seen += count
        if seen >= rank:
            break
    return float(BUCKET_BASE**bucket)


class StatisticsQueries:
    """Questions on one snapshot."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def statistics(self, since: datetime.date, test: str | None = None) -> list[Figures]:
        """Figures of everything (neither test nor day set), each test and each day."""
        facts = {"since": since, "test": test}
        found: dict[tuple[str | None, datetime.date | None], Figures] = {}
        for row in self._connection.execute(_DAILY, facts):
            figures = Figures(row["test"], row["day"])
            figures.counts = {count: row[count] or 0 for count in _COUNTS}
            found[row["test"], row["day"]] = figures
        for row in self._connection.execute(_HISTOGRAMS, facts):
            times = found[row["test"], row["day"]].times
            times.setdefault(row["metric"], {})[row["bucket"]] = row["count"]
        return list(found.values())
