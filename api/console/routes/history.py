"""All runs, the newest first; and two batches side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.comparison import CHANGES, compare
from api.console.console import Wired
from api.console.history_filter import PAGE, STATUSES, HistoryFilter, InvalidFilterError
from api.console.page_route import PageRoute
from api.console.visitor import ViewingVisitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_HERE = "history"
_BATCHES = 30

BatchId = Annotated[str, Query(max_length=200)]


@router.get("/history")
def history(request: Request, visitor: ViewingVisitor, console: Wired) -> Response:
    """The runs that fit the filter in the address."""
    asked = HistoryFilter.of(request.query_params)
    if "" in dict(request.query_params.multi_items()).values():
        # Forms send blank fields, too; an address to share has only what was said.
        return RedirectResponse(asked.address(), 303)
    trouble = None
    with console.services.reader.now() as snapshot:
        batches = snapshot.latest_batches(_BATCHES)
        try:
            rows = snapshot.runs(asked.wanted())
        except InvalidFilterError as error:
            rows, trouble = [], str(error)
    older = asked.address(before=str(rows[PAGE - 1]["requested_position"])) if rows[PAGE:] else None
    return console.pages.page(
        "history.html", visitor, here=_HERE, status=400 if trouble else 200, asked=asked,
        runs=rows[:PAGE], older=older, trouble=trouble, batches=batches, statuses=STATUSES,
    )  # fmt: skip


@router.get("/history/compare")
def comparison(
    visitor: ViewingVisitor, console: Wired, a: BatchId = "", b: BatchId = ""
) -> HTMLResponse:
    """Batch `a` with the later `b`; a form where one of them is not said."""
    before, after = a.strip(), b.strip()
    with console.services.reader.now() as snapshot:
        batches = snapshot.latest_batches(_BATCHES)
        compared = compare(snapshot, before, after) if before and after else None
    return console.pages.page(
        "compare.html", visitor, here=_HERE, a=before, b=after, compared=compared,
        batches=batches, changes=CHANGES,
    )  # fmt: skip
