"""The queue as it was, played from one moment to another."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.keys import Viewer
from api.models.queue import QueueStatus
from api.problems import ProblemError
from api.queue_status import queue_status
from api.requests import Looking, Now
from api.spans import past_span
from projections.past.stretch import BeforeTheLogError
from projections.reader import Snapshot

router = APIRouter(prefix="/queue", tags=["queue"])

MEDIA_TYPE = "application/x-ndjson"


class Frame(BaseModel):
    """How the queue stood at one moment."""

    at: datetime
    status: QueueStatus


@router.get(
    "/replay",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "a frame of JSON a line"}},
)
def replay(
    _: Viewer,
    looking: Now,
    since: Annotated[datetime, Query(alias="from", description="the first frame's moment")],
    until: Annotated[datetime, Query(alias="to", description="the last frame's moment")],
    frames: Annotated[int, Query(ge=2, le=1_000, description="how many, evenly spread")] = 60,
) -> StreamingResponse:
    """The queue's status at moments between two, each as `GET /queue/status?at=` answers."""
    moments = _moments(*past_span(since, until), frames)
    snapshots = looking.services.reader.frames(moments)
    try:
        first = next(snapshots)  # What is wrong with the question is said before an answer begins.
    except BeforeTheLogError as error:
        raise ProblemError(422, "invalid request", f"from: {error}") from error
    return StreamingResponse(_lines(looking, moments, first, snapshots), media_type=MEDIA_TYPE)


def _moments(since: datetime, until: datetime, frames: int) -> list[datetime]:
    return [since + (until - since) * n / (frames - 1) for n in range(frames)]


def _lines(
    looking: Looking, moments: list[datetime], first: Snapshot, others: Generator[Snapshot]
) -> Iterator[str]:
    with closing(others):
        yield _line(looking, moments[0], first)
        for moment, snapshot in zip(moments[1:], others, strict=True):
            yield _line(looking, moment, snapshot)


def _line(looking: Looking, moment: datetime, snapshot: Snapshot) -> str:
    status = queue_status(replace(looking, moment=moment), snapshot)
    return Frame(at=moment, status=status).model_dump_json() + "\n"
