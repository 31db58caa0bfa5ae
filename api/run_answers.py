"""Answers about runs: as the views show them, or as the log has them where the views are behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from api.models.runs import RunView
from api.presented import as_logged, just_requested, run_view, with_estimates
from api.problems import ProblemError
from api.requests import POSITION_HEADER, Looking, after_a_write
from api.slots import slots
from domain.errors import TooNewError
from domain.event import UnknownEvent
from domain.run_events import RunEvent, RunRequested
from runtime.unreachable import UNREACHABLE

_BATCH_PATIENCE = 0.1
"""Seconds for the views to show a batch: under load its answer goes without places in the queue."""
_OWN_WRITE_PATIENCE = 2.0
"""Seconds for the views to show a change; after that the answer is made from the log."""


async def accepted(looking: Looking, asked: RunRequested, position: int) -> RunView:
    """The answer to a submission: the run with its place in the queue, and where it is found."""
    run_id = asked.originator_id
    looking.response.headers["Location"] = f"/api/v1/runs/{run_id}"
    run, shown_at = await looking.services.receipts.of(run_id, position)
    looking.response.headers[POSITION_HEADER] = str(shown_at)
    # Accepted is accepted, also while nobody keeps the views.
    return run or just_requested(asked)


def changed(looking: Looking, run_id: UUID, position: int) -> RunView:
    """The run with a write just made. Raises UncertainError if it can no longer be looked at."""
    with after_a_write():
        if not looking.services.clock.wait_for(position, _OWN_WRITE_PATIENCE):
            return _run_in_log(looking, run_id)
        return run_at(looking, run_id)


def run_at(looking: Looking, run_id: UUID) -> RunView:
    """The run in the snapshot looked at, or in the log if the views are behind.

    Raises ProblemError 404.
    """
    with looking.snapshot() as snapshot:
        row = snapshot.run(run_id)
        if row is not None:
            services = looking.services
            count = slots(services.executors, services.settings)
            return with_estimates([run_view(row)], snapshot, count)[0]
    return _run_in_log(looking, run_id)


def _run_in_log(looking: Looking, run_id: UUID) -> RunView:
    """Accepted is accepted: a run is there, however far the views have come."""
    history = looking.services.log.history(run_id)
    first = history[0].event if history else None
    if isinstance(first, UnknownEvent) and first.noun == RunEvent.NOUN:
        raise TooNewError(f"run {run_id}", first.topic)
    if looking.moment or not isinstance(first, RunRequested):
        raise ProblemError(404, "not found", f"there is no run {run_id}")
    looking.response.headers[POSITION_HEADER] = str(history[-1].position)
    return as_logged(history)


async def batch_accepted(
    looking: Looking, asked: Sequence[RunRequested], position: int
) -> list[RunView]:
    """The answer to a batch: its runs, with their places in the queue if the views are quick."""
    if await looking.services.clock.reached(position, _BATCH_PATIENCE):
        with suppress(*UNREACHABLE):
            return await asyncio.to_thread(_shown, looking, [each.originator_id for each in asked])
    looking.response.headers[POSITION_HEADER] = str(position)
    return [just_requested(event) for event in asked]


def _shown(looking: Looking, run_ids: list[UUID]) -> list[RunView]:
    with looking.snapshot() as snapshot:
        return [run_view(row) for row in snapshot.runs_of(run_ids)]
