"""The figures that Prometheus collects of the whole system, read from the views when it asks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

from projections.statistics import BUCKET_BASE
from runtime.metrics import exposition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client.core import Metric

    from api.services import Services
    from projections.reader import Snapshot
    from projections.statistics_queries import Figures

VERDICTS = ("passed", "failed", "errored", "timed_out", "cancelled")
_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds; the views' own buckets are finer, and counted into these."""


def figures(services: Services) -> str:
    """The text exposition of every figure; also those of the executors and followers where they
    run in this process."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(services))
    of_this_process = exposition() if services.settings.in_process_broker else ""
    return generate_latest(registry).decode() + of_this_process


class _Figures:
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        with self._services.reader.now() as snapshot:
            yield from _queue(snapshot)
            yield from _totals(snapshot)
            lag = self._services.log.head() - snapshot.position
            yield GaugeMetricFamily("proctor_views_lag_events", "Events not yet shown", lag)
        yield self._executors()

    def _executors(self) -> Metric:
        family = GaugeMetricFamily(
            "proctor_executors", "Executors heard of lately", labels=["pool", "state"]
        )
        alive = Counter((said.pool, said.state) for said in self._services.executors.alive())
        for (pool, state), count in sorted(alive.items()):
            family.add_metric([pool, state], count)
        return family


def _queue(snapshot: Snapshot) -> Iterator[Metric]:
    queued = GaugeMetricFamily("proctor_runs_queued", "Runs waiting", labels=["pool", "priority"])
    for (pool, priority), count in snapshot.queued().items():
        queued.add_metric([pool, str(priority)], count)
    yield queued
    oldest = snapshot.oldest_queued()
    waited = max(0.0, (datetime.now(UTC) - oldest).total_seconds()) if oldest else 0.0
    yield GaugeMetricFamily("proctor_oldest_queued_seconds", "The longest waiting run's", waited)
    yield GaugeMetricFamily("proctor_runs_active", "Runs running", len(snapshot.running()))
    yield GaugeMetricFamily("proctor_queue_paused", "1 while paused", int(snapshot.paused()))


def _totals(snapshot: Snapshot) -> Iterator[Metric]:
    found = snapshot.statistics(date.min)
    total = next((f for f in found if f.test is None and f.day is None), None)
    counts = total.counts if total else {}
    open_runs = sum(snapshot.queued().values()) + len(snapshot.running())
    accepted = counts.get("runs", 0) + open_runs
    yield CounterMetricFamily("proctor_runs_accepted", "Runs ever accepted", accepted)
    verdicts = CounterMetricFamily("proctor_verdicts", "Verdicts ever given", labels=["verdict"])
    for verdict in VERDICTS:
        verdicts.add_metric([verdict], counts.get(verdict, 0))
    yield verdicts
    yield CounterMetricFamily("proctor_flaky", "Passed after a failure", counts.get("flaky", 0))
    yield _histogram("proctor_queue_seconds", "From the request to the first start", total, "queue")
    yield _histogram("proctor_run_seconds", "How long runs took", total, "duration")


def _histogram(name: str, documentation: str, total: Figures | None, metric: str) -> Metric:
    times: Mapping[int, int] = total.times.get(metric, {}) if total else {}
    values = [(BUCKET_BASE**bucket, count) for bucket, count in times.items()]
    buckets = [
        (str(bound), sum(count for value, count in values if value <= bound)) for bound in _BOUNDS
    ]
    everything = sum(count for _, count in values)
    family = HistogramMetricFamily(name, f"{documentation}, within 5 %")
    family.add_metric(
        [],
        [*buckets, ("+Inf", everything)],
        sum_value=sum(value * count for value, count in values),
    )
    return family
