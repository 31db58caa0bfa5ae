"""The executors, one by one: whether each takes runs."""

from __future__ import annotations

from fastapi import APIRouter

from api.draining import drain_executor, resume_executor
from api.keys import Admin
from api.models.queue import QueueStatus
from api.queue_status import queue_status
from api.requests import Looking, Now

router = APIRouter(prefix="/executors", tags=["queue"])


@router.post("/{executor:path}/drain", operation_id="drain_executor")
def drain(who: Admin, looking: Now, executor: str) -> QueueStatus:
    """This executor takes no run any more, not even after a restart, until it is resumed; the run
    that it has goes on to its end."""
    return _after(looking, drain_executor(looking.services, executor, who))


@router.post("/{executor:path}/resume", operation_id="resume_executor")
def resume(who: Admin, looking: Now, executor: str) -> QueueStatus:
    """This executor takes runs again."""
    return _after(looking, resume_executor(looking.services, executor, who))


def _after(looking: Looking, position: int) -> QueueStatus:
    with looking.snapshot_with(position) as snapshot:
        return queue_status(looking, snapshot)
