"""The system's page, and its live part."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.console.console import Wired
from api.console.live import After, Known
from api.console.page_route import PageRoute
from api.console.system import PATH, system_anew, system_part
from api.console.visitor import ViewingVisitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/system")
async def system(visitor: ViewingVisitor, console: Wired) -> HTMLResponse:
    """How the parts of Proctor are."""
    part = await system_anew(console)
    return console.pages.page("system.html", visitor, here="system", part=part, live=PATH)


@router.get(PATH)
async def live_system(
    visitor: ViewingVisitor,  # noqa: ARG001 - somebody has to be signed in
    console: Wired,
    after: After = 0,
    known: Known = None,
) -> Response:
    """The same, from a position on."""
    return (await system_part(console, after)).answer(known)
