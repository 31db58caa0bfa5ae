"""Reading while much has happened: a history of runs made in SQL, and how long answers take."""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

from runtime.database import connect

if TYPE_CHECKING:
    from tests.support.deployment import Deployment

DAYS = 30
TESTS = 20
READS = ("/queue/status", "/queue/statistics", "/runs", "/runs/{id}")
_TIMES = 2_000

# Positions are taken from the log's own sequence, so that what comes next lies behind them. One
# verdict in ten is a failure, durations are 1 to 60 s, evenly over the days and tests.
_RUNS = """
    WITH first AS (SELECT coalesce(max(notification_id), 0) AS position FROM proctor_events)
    INSERT INTO views.runs (
        id, requested_position, asked_position, name, status, pool, priority, queued_at,
        started_at, finished_at, finished_position, attempt, executor, steps_total, steps_passed,
        labels, expect, timeout, retries, queue_seconds, duration, requested_by)
    SELECT gen_random_uuid(), first.position + 3 * n, first.position + 3 * n,
        'test ' || n %% %(tests)s, CASE WHEN n %% 10 = 0 THEN 'failed' ELSE 'passed' END,
        'default', 5, at, at + '1 s', at + '1 s' + took * '1 s'::interval,
        first.position + 3 * n + 2, 1, 'executor-' || n %% 5, 4, 4,
        jsonb_build_object('team', 'team ' || n %% 7), 'passed', 60, 0, 1, took, 'key:benchmark'
    FROM first, generate_series(0, %(runs)s - 1) AS n,
        LATERAL (SELECT exp(random() * ln(60)) AS took,
            now() - %(days)s * '1 day'::interval * (1 - (n + 1) / %(runs)s::float) AS at) AS when_
"""
_DAILY = """
    INSERT INTO views.daily
    SELECT (finished_at AT TIME ZONE 'UTC')::date, name, count(*),
        count(*) FILTER (WHERE status = 'passed'), count(*) FILTER (WHERE status = 'failed'),
        0, 0, 0, 0
    FROM views.runs WHERE requested_by = 'key:benchmark' GROUP BY 1, 2
"""
_HISTOGRAMS = """
    INSERT INTO views.histograms
    SELECT (finished_at AT TIME ZONE 'UTC')::date, name, metric,
        round(ln(seconds) / ln(1.1))::int, count(*)
    FROM views.runs, LATERAL (VALUES ('duration', duration), ('queue', queue_seconds))
        AS measured (metric, seconds)
    WHERE requested_by = 'key:benchmark' GROUP BY 1, 2, 3, 4
"""
_ON = """
    SELECT setval(pg_get_serial_sequence('proctor_events', 'notification_id'),
        max(finished_position)) FROM views.runs
"""


def make_history(database_url: str, runs: int) -> None:
    """As if `runs` runs of 20 tests had ended within the last 30 days."""
    facts = {"runs": runs, "tests": TESTS, "days": DAYS}
    with connect(database_url, "proctor benchmark") as connection:
        with connection.transaction():
            for statement in (_RUNS, _DAILY, _HISTOGRAMS, _ON):
                connection.execute(statement, facts)
        connection.execute("VACUUM ANALYZE views.runs, views.daily, views.histograms")


def answer_times(
    servers: dict[str, Deployment], times: int = _TIMES
) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by server and route; the servers are asked in turn."""
    ids = {name: _some_ids(server) for name, server in servers.items()}
    taken: dict[str, dict[str, list[float]]] = {
        name: {route: [] for route in READS} for name in servers
    }
    for n in range(times):
        for route in READS:
            for name, server in servers.items():
                path = route.format(id=ids[name][n % len(ids[name])])
                started = time.perf_counter()
                server.get(path)
                taken[name][route].append((time.perf_counter() - started) * 1000)
    return taken


def _some_ids(server: Deployment) -> list[str]:
    return [run["id"] for run in server.get("/runs", limit=200)["items"]]


def p99_ratio(small: list[float], large: list[float], rounds: int = 5) -> float:
    """How many times longer the slowest hundredth takes, as the median over neighbouring rounds:
    one pause of the machine in a thousand answers is all that a single p99 tells."""
    length = len(small) // rounds
    parts = [slice(start, start + length) for start in range(0, length * rounds, length)]
    return median(p50_and_p99(large[part])[1] / p50_and_p99(small[part])[1] for part in parts)


def p50_and_p99(values: list[float]) -> tuple[float, float]:
    """The median and the value that one in a hundred is above."""
    cuts = quantiles(values, n=100)
    return cuts[49], cuts[98]
