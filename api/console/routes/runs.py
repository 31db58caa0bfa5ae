"""A run's page, and its live part."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from api.console.choice import Choice
from api.console.console import Wired
from api.console.live import After, Known
from api.console.page_route import PageRoute
from api.console.run_page import run_anew, run_part
from api.console.visitor import ViewingVisitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)


async def _chosen(
    run_id: UUID,
    attempt: Annotated[int | None, Query(ge=1)] = None,
    first: Annotated[int | None, Query(alias="from", ge=0)] = None,
) -> Choice:
    return Choice(run_id, attempt, first)


Chosen = Annotated[Choice, Depends(_chosen)]


@router.get("/runs/{run_id}")
async def run(choice: Chosen, visitor: ViewingVisitor, console: Wired) -> HTMLResponse:
    """What a run did, and what came of it."""
    part = await run_anew(console, visitor, choice)
    return console.pages.page(
        "run.html", visitor, here="runs", path=choice.path, part=part, choice=choice
    )


@router.get("/live/runs/{run_id}")
async def live_run(
    choice: Chosen,
    visitor: ViewingVisitor,
    console: Wired,
    after: After = 0,
    known: Known = None,
) -> Response:
    """The same, from a position on."""
    return (await run_part(console, visitor, choice, after)).answer(known)
