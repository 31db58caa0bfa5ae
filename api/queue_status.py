"""How the queue stands, now or at a moment in the past."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.executor_states import with_run, without_run
from api.models.queue import BrokerView, ExecutorView, QueueStatus
from api.pools import by_priority, pools
from api.slots import slots

if TYPE_CHECKING:
    from collections.abc import Collection

    from api.requests import Looking
    from projections.reader import Snapshot


def queue_status(looking: Looking, snapshot: Snapshot) -> QueueStatus:
    """What `snapshot` says of it; at the moment looked at, what the log says alone."""
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
        executors=_executors(looking, running, snapshot.drained()),
        pools=pools(looking, queued, running),
        broker=_broker(looking),
        position=snapshot.position,
    )


def status_after(looking: Looking, position: int) -> QueueStatus:
    """How it stands once the views show what is at `position`."""
    with looking.snapshot_with(position) as snapshot:
        return queue_status(looking, snapshot)


def _executors(
    looking: Looking, running: list[dict[str, Any]], drained: Collection[str]
) -> list[ExecutorView]:
    alive = {} if looking.moment else {p.executor: p for p in looking.services.executors.alive()}
    views = {
        name: ExecutorView(
            id=name,
            state=without_run(said, drained),
            run_id=None,
            since=datetime.fromisoformat(said.since),
            version=said.version,
            started=datetime.fromisoformat(said.started) if said.started else None,
        )
        for name, said in alive.items()
    }
    for row in running:
        name = row["executor"]
        known = views.get(name)
        views[name] = ExecutorView(
            id=name,
            state=with_run(name, alive.get(name), drained),
            run_id=row["id"],
            since=row["started_at"],
            version=known.version if known else None,
            started=known.started if known else None,
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
