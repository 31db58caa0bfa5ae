"""The page on which people look back, and the part of it that a moment fills."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.console.console import Wired
from api.console.page_route import PageRoute
from api.console.past import PATH, SPANS, Look, past_part
from api.console.visitor import ViewingVisitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)

To = Annotated[str, Query(max_length=40)]
Span = Annotated[int, Query(ge=60, le=366 * 86_400)]
Second = Annotated[int | None, Query(ge=0)]


@router.get(PATH)
def past(
    visitor: ViewingVisitor, console: Wired, to: To = "", span: Span = 3_600, second: Second = None
) -> HTMLResponse:
    """The queue at a moment, and a slider to others."""
    look = Look.asked(to, span, second)
    part = past_part(console, look)
    return console.pages.page("past.html", visitor, here="now", look=look, part=part, spans=SPANS)


@router.get("/past/part")
def moment(
    visitor: ViewingVisitor,  # noqa: ARG001 - somebody has to be signed in
    console: Wired,
    to: To,
    span: Span,
    second: Second = None,
) -> HTMLResponse:
    """Of the same page what a moment fills, for a script."""
    return HTMLResponse(past_part(console, Look.asked(to, span, second)))
