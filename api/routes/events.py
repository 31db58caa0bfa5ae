"""The log: a page of it, and live."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from api.keys import Viewer, key_id_in
from api.models.events import EventPage
from api.presented import event_view
from api.requests import POSITION_HEADER, Wired
from api.services import Services
from domain.log import Recorded

router = APIRouter(tags=["events"])

_STREAM: dict[str, Any] = {
    "schema": {"type": "string"},
    "example": 'id: 8\nevent: RunStarted\ndata: {"position": 8, "type": "RunStarted", ...}\n\n',
}
_STREAMED = (
    "Server-sent events without an end: `id` is the position, `event` the type, `data` an EventView"
    " as JSON. A line that begins with a colon comes at least every 15 s as a sign of life. Read it"
    " as it comes: a client that waits for the whole answer waits for ever."
)


@router.get("/events", operation_id="list_events")
def events(
    _: Viewer,
    services: Wired,
    response: Response,
    after: Annotated[int, Query(ge=0, description="the position to go on from")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EventPage:
    """The log from a position on; `next` is what to pass as `after`."""
    found = services.log.read(after, limit)
    reached = found[-1].position if found else after
    response.headers[POSITION_HEADER] = str(reached)
    views = [event_view(recorded) for recorded in found]
    return EventPage(items=views, next=str(reached) if len(found) == limit else None)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    operation_id="stream_events",
    responses={200: {"content": {"text/event-stream": _STREAM}, "description": _STREAMED}},
)
async def stream(
    who: Viewer,
    services: Wired,
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The same, live, as server-sent events; goes on behind `Last-Event-ID` after a break.

    Without a position it begins with what comes next.
    """
    position = after
    if last_event_id is not None and last_event_id.isdigit():
        position = int(last_event_id)
    return StreamingResponse(
        _sent(services, position, key_id_in(who)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _sent(services: Services, position: int | None, key_id: UUID) -> AsyncIterator[str]:
    yield ": connected\n\n"
    following = services.tail.follow(position)
    try:
        async for page in following:
            if await services.keys.valid(key_id) is None:  # Revoked since it was opened.
                return
            yield "".join(map(_event, page)) or ": still here\n\n"
            if services.stopping.is_set():
                return
    finally:
        await following.aclose()


def _event(recorded: Recorded) -> str:
    view = event_view(recorded)
    data = json.dumps(view.model_dump(mode="json"), ensure_ascii=False)
    return f"id: {view.position}\nevent: {view.type}\ndata: {data}\n\n"
