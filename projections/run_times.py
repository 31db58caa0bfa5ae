"""How long runs waited and took, as histograms; what was added up before is remembered."""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg
    from psycopg.rows import DictRow

Group = tuple[str | None, datetime.date | None]
"""A test, a day, or neither: everything."""
Histogram = dict[int, int]
"""Bucket to count."""
Times = dict[Group, dict[str, Histogram]]
"""By group and metric: `duration` or `queue`."""
Question = tuple[datetime.date, datetime.date, str | None]
"""From the first day to the last; the test, None for all."""

_REMEMBERED = 100
_HISTOGRAMS = """
    SELECT test, day, metric, array_agg(bucket) AS buckets, array_agg(count) AS counts FROM (
        SELECT test, day, metric, bucket, sum(count)::bigint AS count FROM histograms
        WHERE day BETWEEN %(since)s AND %(until)s AND (%(test)s::text IS NULL OR test = %(test)s)
        GROUP BY GROUPING SETS ((metric, bucket), (test, metric, bucket), (day, metric, bucket))
    ) AS added GROUP BY test, day, metric
"""
"""A row for every histogram: thousands of rows would cost more to read than to add up."""


class RunTimes:
    """Answers from the views, and from memory what it has answered before: the latest day by
    itself, because it grows, and all days before it together. Safe to share among threads.

    Adding up a month of many tests takes tens of milliseconds. Verdicts are counted in the order
    of the log, so the same number of runs on the same days is the very same runs: that number
    tells, also of a past replayed for an audit, whether what is remembered still holds.
    """

    def __init__(self) -> None:
        self._remembered: OrderedDict[tuple[object, ...], Times] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self,
        connection: psycopg.Connection[DictRow],
        since: datetime.date,
        test: str | None,
        runs: Mapping[datetime.date, int],
    ) -> Times:
        """The histograms of a snapshot in which `runs` ended on each day from `since` on."""
        if not runs:
            return {}
        latest = max(runs)
        before = latest - datetime.timedelta(days=1)
        earlier = sum(runs.values()) - runs[latest]
        past = self._recalled(connection, (since, before, test), earlier)
        return _sum(past, self._recalled(connection, (latest, latest, test), runs[latest]))

    def _recalled(
        self, connection: psycopg.Connection[DictRow], asked: Question, runs: int
    ) -> Times:
        key = (*asked, runs)
        times = self._remembered.get(key) or _times(connection, *asked)
        with self._lock:
            self._remembered[key] = times
            self._remembered.move_to_end(key)
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return times


def _times(
    connection: psycopg.Connection[DictRow],
    since: datetime.date,
    until: datetime.date,
    test: str | None,
) -> Times:
    times: Times = {}
    facts = {"since": since, "until": until, "test": test}
    for row in connection.execute(_HISTOGRAMS, facts):
        metrics = times.setdefault((row["test"], row["day"]), {})
        metrics[row["metric"]] = dict(zip(row["buckets"], row["counts"], strict=True))
    return times


def _sum(past: Times, latest: Times) -> Times:
    times = dict(past)
    for group, metrics in latest.items():
        before = past.get(group, {})
        added = {name: _added(before.get(name, {}), more) for name, more in metrics.items()}
        times[group] = before | added
    return times


def _added(one: Histogram, other: Histogram) -> Histogram:
    return one | {bucket: one.get(bucket, 0) + count for bucket, count in other.items()}
