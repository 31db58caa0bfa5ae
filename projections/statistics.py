"""Statistics: runs, verdicts and times, per day and test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.run_events import VerdictEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import Recorded
    from projections.projection import Statement

BUCKET_BASE = 1.1

_TEST = "coalesce(test_id::text, name)"
_DAY = "(finished_at AT TIME ZONE 'UTC')::date"
_COUNT = f"""
    INSERT INTO daily AS d (day, test, runs, passed, failed, errored, timed_out, cancelled, flaky)
    SELECT {_DAY}, {_TEST}, 1, (status = 'passed')::int, (status = 'failed')::int,
        (status = 'errored')::int, (status = 'timed_out')::int, (status = 'cancelled')::int,
        flaky::int
    FROM runs WHERE id = %(id)s
    ON CONFLICT (day, test) DO UPDATE SET runs = d.runs + 1,
        passed = d.passed + excluded.passed, failed = d.failed + excluded.failed,
        errored = d.errored + excluded.errored, timed_out = d.timed_out + excluded.timed_out,
        cancelled = d.cancelled + excluded.cancelled, flaky = d.flaky + excluded.flaky
"""  # noqa: S608 - the parts are ours
_HISTOGRAMS = f"""
    INSERT INTO histograms AS h (day, test, metric, bucket, count)
    SELECT {_DAY}, {_TEST}, metric,
        round(ln(greatest(seconds, 0.001)) / ln({BUCKET_BASE}::float8))::int, 1
    FROM runs, LATERAL (VALUES ('duration', duration), ('queue', queue_seconds))
        AS measured (metric, seconds)
    WHERE id = %(id)s AND seconds IS NOT NULL
    ON CONFLICT (day, test, metric, bucket) DO UPDATE SET count = h.count + 1
"""  # noqa: S608 - the parts are ours


def statistics(recorded: Recorded) -> Iterator[Statement]:
    """Counts a run at its verdict; the run's row must stand already."""
    if isinstance(recorded.event, VerdictEvent):
        run = {"id": recorded.event.originator_id}
        yield _COUNT, run
        yield _HISTOGRAMS, run
