"""The first page, and its live part."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.console.console import Wired
from api.console.live import After, Known
from api.console.now import PATH, now_anew, now_part
from api.console.page_route import PageRoute
from api.console.routes.sign_in import begin_session
from api.console.visitor import ViewingVisitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
async def now(request: Request, visitor: ViewingVisitor, console: Wired) -> HTMLResponse:
    """What is going on."""
    part = await now_anew(console, visitor)
    answer = console.pages.page("now.html", visitor, here="now", part=part, live=PATH)
    if visitor.session.is_old:
        begin_session(request, answer, visitor.key)
    return answer


@router.get(PATH)
async def live_now(
    visitor: ViewingVisitor, console: Wired, after: After = 0, known: Known = None
) -> Response:
    """The same, from a position on."""
    return (await now_part(console, visitor, after)).answer(known)
