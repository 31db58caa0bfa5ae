"""The queue: how it stands, what it has done, and steering it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from api.clearing import clear_queue
from api.keys import Admin, Viewer
from api.models.queue import Cleared, QueueStatus
from api.models.runs import RunPage
from api.presented import run_view, with_estimates
from api.queue_status import queue_status, status_after
from api.requests import AnyTime, Now
from api.slots import slots
from api.statistics import Statistics, statistics_since

router = APIRouter(prefix="/queue", tags=["queue"])


@router.get("/status", operation_id="queue_status")
def status(_: Viewer, looking: AnyTime) -> QueueStatus:
    """How the queue stands, now or `at` a moment in the past."""
    with looking.snapshot() as snapshot:
        return queue_status(looking, snapshot)


@router.get("/active", operation_id="active_runs")
def active(_: Viewer, looking: AnyTime) -> RunPage:
    """The runs that executors hold, the longest held first."""
    with looking.snapshot() as snapshot:
        return RunPage(items=[run_view(row) for row in snapshot.running()], next=None)


@router.get("/waiting", operation_id="waiting_runs")
def waiting(
    _: Viewer,
    looking: AnyTime,
    limit: Annotated[int, Query(ge=1, le=200, description="of each pool")] = 50,
) -> RunPage:
    """The runs that wait, the next to start first, as far as `limit` goes."""
    services = looking.services
    with looking.snapshot() as snapshot:
        views = [run_view(row) for row in snapshot.waiting(limit)]
        count = slots(services.executors, services.settings)
        return RunPage(items=with_estimates(views, snapshot, count), next=None)


@router.get("/latest", operation_id="latest_verdicts")
def latest(_: Viewer, looking: AnyTime, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> RunPage:
    """The runs that ended last, the newest first."""
    with looking.snapshot() as snapshot:
        return RunPage(items=[run_view(row) for row in snapshot.latest_verdicts(limit)], next=None)


@router.get("/statistics", operation_id="queue_statistics")
def statistics(
    _: Viewer,
    looking: AnyTime,
    days: Annotated[int, Query(ge=1, le=3650)] = 30,
    test: Annotated[
        str | None, Query(description="a test's id, or the name of inline runs")
    ] = None,
) -> Statistics:
    """Runs, rates and percentiles: in total, per test and per day (UTC)."""
    since = (looking.moment or datetime.now(UTC)).date() - timedelta(days=days - 1)
    with looking.snapshot() as snapshot:
        return statistics_since(snapshot, since, test)


@router.post("/pause", operation_id="pause_queue")
def pause(who: Admin, looking: Now) -> QueueStatus:
    """No executor takes a run until the queue is resumed; running ones end."""
    log = looking.services.log
    return status_after(looking, log.append(log.queue().pause(who)))


@router.post("/resume", operation_id="resume_queue")
def resume(who: Admin, looking: Now) -> QueueStatus:
    """Executors take runs again."""
    log = looking.services.log
    return status_after(looking, log.append(log.queue().resume(who)))


@router.post("/clear", operation_id="clear_queue")
def clear(who: Admin, looking: Now) -> Cleared:
    """Cancels every run that waits, one event each and one of all; running ones go on."""
    with looking.snapshot() as snapshot:
        waiting = snapshot.queued_ids()
    cancelled, position = clear_queue(looking.services.log, waiting, who)
    with looking.snapshot_with(position):
        return Cleared(cancelled=cancelled)
