"""The executors, one by one: whether each takes runs, and what its browser shows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.draining import drain_executor, resume_executor
from api.keys import Admin, Viewer
from api.models.queue import QueueStatus
from api.queue_status import status_after
from api.requests import Now, Wired

router = APIRouter(prefix="/executors", tags=["queue"])

_JPEG = "image/jpeg"
_FILE = {"schema": {"type": "string", "format": "binary"}}
_NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@router.post("/{executor:path}/drain", operation_id="drain_executor")
def drain(who: Admin, looking: Now, executor: str) -> QueueStatus:
    """This executor takes no run any more, not even after a restart, until it is resumed; the run
    that it has goes on to its end."""
    return status_after(looking, drain_executor(looking.services, executor, who))


@router.post("/{executor:path}/resume", operation_id="resume_executor")
def resume(who: Admin, looking: Now, executor: str) -> QueueStatus:
    """This executor takes runs again."""
    return status_after(looking, resume_executor(looking.services, executor, who))


@router.get(
    "/{executor:path}/picture",
    operation_id="executor_picture",
    response_class=Response,
    responses={
        200: {"content": {_JPEG: _FILE}, "description": "a JPEG"},
        204: {"description": "nothing newer: no run, nobody looked before, or nothing has moved"},
    },
)
async def picture(
    _: Viewer,
    services: Wired,
    executor: str,
    after: Annotated[int, Query(ge=0, description="`Proctor-Picture` of the one you have")] = 0,
) -> Response:
    """What the executor's browser shows now. Pictures are taken while somebody asks for them, at
    least every four seconds, and kept nowhere; fields that hold secrets are not in them."""
    shown = services.executors.look_at(executor)
    if shown is None or shown.number <= after:
        return Response(status_code=204, headers=_NEVER_KEPT)
    said = {"Proctor-Picture": str(shown.number), "Proctor-Run": str(shown.picture.run_id)}
    return Response(shown.picture.image, media_type=_JPEG, headers={**_NEVER_KEPT, **said})
