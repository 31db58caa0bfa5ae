"""The figures that Prometheus collects, read from the views when it asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from api.services import Services
    from projections.reader import Snapshot

VERDICTS = ("passed", "failed", "errored", "timed_out", "cancelled")


def figures(services: Services) -> str:
    """The text exposition of every figure."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(services))
    return generate_latest(registry).decode()


class _Figures:
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        with self._services.reader.now() as snapshot:
            yield from _queue(snapshot)
            yield _verdicts(snapshot)
            lag = self._services.log.head() - snapshot.position
            yield GaugeMetricFamily("proctor_views_lag_events", "Events not yet shown", lag)
        alive = len(self._services.executors.alive())
        yield GaugeMetricFamily("proctor_executors", "Executors heard of lately", alive)


def _queue(snapshot: Snapshot) -> Iterator[Metric]:
    queued = GaugeMetricFamily("proctor_runs_queued", "Runs waiting", labels=["pool", "priority"])
    for (pool, priority), count in snapshot.queued().items():
        queued.add_metric([pool, str(priority)], count)
    yield queued
    yield GaugeMetricFamily("proctor_runs_active", "Runs running", len(snapshot.running()))
    yield GaugeMetricFamily("proctor_queue_paused", "1 while paused", int(snapshot.paused()))


def _verdicts(snapshot: Snapshot) -> Metric:
    verdicts = CounterMetricFamily("proctor_verdicts", "Verdicts ever given", labels=["verdict"])
    figures = snapshot.statistics(date.min)
    total = next((f.counts for f in figures if f.test is None and f.day is None), {})
    for verdict in VERDICTS:
        verdicts.add_metric([verdict], total.get(verdict, 0))
    return verdicts
