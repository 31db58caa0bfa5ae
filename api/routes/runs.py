"""Runs: submit, list, look at, cancel, change their urgency."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Query, Response

from api.keys import Submitter, Viewer
from api.models.events import EventPage
from api.models.runs import RUN_EXAMPLE, BatchRequest, BatchView, PriorityRequest, RunPage, RunView
from api.presented import event_view, run_view, with_estimates
from api.problems import ProblemError
from api.requests import POSITION_HEADER, AnyTime, Now, Wired, position_cursor
from api.run_answers import accepted, batch_accepted, changed, run_at
from api.slots import slots
from api.steering import steer
from api.submission import Submission
from domain.definition import Definition
from domain.run import Status
from projections.run_queries import RunFilter

router = APIRouter(tags=["runs"])

IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=200, description="the same key again gives the same runs"),
]


@router.post("/runs", status_code=202, operation_id="submit_run")
async def submit(
    definition: Annotated[Definition, Body(examples=[RUN_EXAMPLE])],
    who: Submitter,
    looking: Now,
    idempotency_key: IdempotencyKey = None,
) -> RunView:
    """Queues a run of the steps given."""
    submission = Submission(looking.services, who, idempotency_key)
    return await accepted(looking, *await submission.run(definition))


@router.post("/batches", status_code=202)
async def submit_batch(
    batch: BatchRequest, who: Submitter, looking: Now, idempotency_key: IdempotencyKey = None
) -> BatchView:
    """Queues up to 1,000 runs in one commit: all of them, or none."""
    submission = Submission(looking.services, who, idempotency_key)
    batch_id, asked, position = await submission.batch(batch.runs, batch.budget)
    looking.response.headers["Location"] = f"/api/v1/runs?batch_id={batch_id}"
    return BatchView(batch_id=batch_id, runs=await batch_accepted(looking, asked, position))


@router.get("/runs")
def list_runs(  # noqa: PLR0917 - query parameters
    _: Viewer,
    looking: AnyTime,
    status: Annotated[list[Status] | None, Query()] = None,
    test_id: UUID | None = None,
    batch_id: UUID | None = None,
    label: Annotated[list[str] | None, Query(description="KEY=VALUE; all must fit")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RunPage:
    """Runs, the newest first."""
    wanted = RunFilter(
        status or (), test_id, batch_id, _labels(label or []), position_cursor(cursor), limit + 1
    )
    with looking.snapshot() as snapshot:
        rows = snapshot.runs(wanted)
        views = [run_view(row) for row in rows[:limit]]
        runs = with_estimates(
            views, snapshot, slots(looking.services.executors, looking.services.settings)
        )
    more = len(rows) > limit
    return RunPage(items=runs, next=str(rows[limit - 1]["requested_position"]) if more else None)


@router.get("/runs/{run_id}")
def show_run(run_id: UUID, _: Viewer, looking: AnyTime) -> RunView:
    """One run."""
    return run_at(looking, run_id)


@router.get("/runs/{run_id}/events")
def run_events(run_id: UUID, _: Viewer, services: Wired, response: Response) -> EventPage:
    """Everything that happened to a run, from the log itself, the oldest first."""
    history = services.log.history(run_id)
    views = [event_view(recorded) for recorded in history]
    if not views or views[0].run_id is None:
        raise ProblemError(404, "not found", f"there is no run {run_id}")
    for view in views:  # Also what only a newer Proctor knows is about the run, here.
        view.run_id = run_id
    response.headers[POSITION_HEADER] = str(views[-1].position)
    return EventPage(items=views, next=None)


@router.post("/runs/{run_id}/cancel", status_code=202, operation_id="cancel_run")
def cancel(run_id: UUID, who: Submitter, looking: Now) -> RunView:
    """Cancels a run: a queued one never starts, a running one stops within two seconds."""
    position = steer(looking.services.log, run_id, lambda run: run.cancel(who))
    return changed(looking, run_id, position)


@router.patch("/runs/{run_id}")
def change_priority(run_id: UUID, wanted: PriorityRequest, who: Submitter, looking: Now) -> RunView:
    """Makes a run more or less urgent; a running one's next attempt, if there is one."""
    position = steer(
        looking.services.log, run_id, lambda run: run.change_priority(who, wanted.priority)
    )
    return changed(looking, run_id, position)


def _labels(texts: list[str]) -> dict[str, str]:
    labels = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ProblemError(422, "invalid request", f"label: {text!r} is not KEY=VALUE")
        labels[key] = value
    return labels
