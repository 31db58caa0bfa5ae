"""The queue: how it stands, what it has done, and steering it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.clearing import clear_queue
from api.keys import Admin, Viewer
from api.models import BrokerView, Cleared, ExecutorView, QueueStatus, RunPage
from api.pools import by_priority, pools
from api.presented import run_view
from api.requests import AnyTime, Looking, Now
from api.slots import slots
from projections.decision_queries import words_shares
from projections.reader import Snapshot
from projections.statistics_queries import Figures

router = APIRouter(prefix="/queue", tags=["queue"])


@router.get("/status")
def status(_: Viewer, looking: AnyTime) -> QueueStatus:
    """How the queue stands, now or `at` a moment in the past."""
    with looking.snapshot() as snapshot:
        return _status(looking, snapshot)


@router.get("/active")
def active(_: Viewer, looking: AnyTime) -> RunPage:
    """The runs that executors hold, the longest held first."""
    with looking.snapshot() as snapshot:
        return RunPage(items=[run_view(row) for row in snapshot.running()], next=None)


@router.get("/statistics")
def statistics(
    _: Viewer,
    looking: AnyTime,
    days: Annotated[int, Query(ge=1, le=3650)] = 30,
    test: Annotated[
        str | None, Query(description="a test's id, or the name of inline runs")
    ] = None,
) -> dict[str, Any]:
    """Runs, rates and percentiles: in total, per test and per day (UTC)."""
    since = (looking.moment or datetime.now(UTC)).date() - timedelta(days=days - 1)
    with looking.snapshot() as snapshot:
        figures = snapshot.statistics(since, test)
        costs = snapshot.words_costs(since, test)
        names = snapshot.test_names([f.test for f in figures if f.test])
    tests = [f for f in figures if f.test is not None]
    per_day = [f for f in figures if f.day is not None]
    total = next((f for f in figures if f.test is None and f.day is None), None)

    def shown(found: Figures) -> dict[str, Any]:
        return {**found.as_json(), "words": words_shares(costs.get((found.test, found.day)))}

    return {
        "since": since,
        "total": shown(total) if total else None,
        "tests": [
            {"test": f.test, "name": names.get(f.test or "", f.test), **shown(f)}
            for f in sorted(tests, key=lambda f: f.test or "")
        ],
        "days": [{"day": f.day, **shown(f)} for f in sorted(per_day, key=lambda f: str(f.day))],
        "position": snapshot.position,
    }


@router.post("/pause")
def pause(who: Admin, looking: Now) -> QueueStatus:
    """No executor takes a run until the queue is resumed; running ones end."""
    log = looking.services.log
    return _after(looking, log.append(log.queue().pause(who)))


@router.post("/resume")
def resume(who: Admin, looking: Now) -> QueueStatus:
    """Executors take runs again."""
    log = looking.services.log
    return _after(looking, log.append(log.queue().resume(who)))


@router.post("/clear")
def clear(who: Admin, looking: Now) -> Cleared:
    """Cancels every run that waits, one event each; running ones go on."""
    with looking.snapshot() as snapshot:
        waiting = snapshot.queued_ids()
    cancelled, position = clear_queue(looking.services.log, waiting, who)
    with looking.snapshot_with(position):
        return Cleared(cancelled=cancelled)


def _after(looking: Looking, position: int) -> QueueStatus:
    with looking.snapshot_with(position) as snapshot:
        return _status(looking, snapshot)


def _status(looking: Looking, snapshot: Snapshot) -> QueueStatus:
    queued = snapshot.queued()
    running = snapshot.running()
    most = slots(looking.services.executors, looking.services.settings)
    oldest = snapshot.oldest_queued()
    moment = looking.moment or datetime.now(UTC)
    return QueueStatus(
        queued=sum(queued.values()),
        active=len(running),
        max_concurrent=most,
        available=max(0, most - len(running)),
        paused=snapshot.paused(),
        by_priority=by_priority(queued),
        oldest_queued_seconds=max(0.0, (moment - oldest).total_seconds()) if oldest else None,
        executors=_executors(looking, running),
        pools=pools(looking, queued, running),
        broker=_broker(looking),
        position=snapshot.position,
    )


def _executors(looking: Looking, running: list[dict[str, Any]]) -> list[ExecutorView]:
    """What the log says of those that hold a run; of the others, what they said themselves."""
    views = {}
    if looking.moment is None:
        for said in looking.services.executors.alive():
            state = "idle" if said.state == "running" else said.state
            since = datetime.fromisoformat(said.since)
            views[said.executor] = ExecutorView(
                id=said.executor, state=state, run_id=None, since=since
            )
    for row in running:
        said_state = views[row["executor"]].state if row["executor"] in views else "running"
        views[row["executor"]] = ExecutorView(
            id=row["executor"],
            state="draining" if said_state == "draining" else "running",
            run_id=row["id"],
            since=row["started_at"],
        )
    return sorted(views.values(), key=lambda view: view.id)


def _broker(looking: Looking) -> BrokerView:
    executors = looking.services.executors
    depth = executors.depth if looking.moment is None else None
    return BrokerView(
        kind=executors.kind,
        ready=depth.ready if depth else None,
        unacked=depth.unacked if depth else None,
        consumers=depth.consumers if depth else None,
    )
