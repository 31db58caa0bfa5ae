"""The tests, and one of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.console.catalogue import DAYS, catalogue
from api.console.console import Wired
from api.console.one_test import inline_test, kept_test
from api.console.page_route import PageRoute
from api.console.visitor import ViewingVisitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_HERE = "tests"
_FURTHEST = 10**6


@router.get("/tests")
def list_tests(
    visitor: ViewingVisitor,
    console: Wired,
    q: Annotated[str, Query(max_length=200)] = "",
    first: Annotated[int, Query(alias="from", ge=0, le=_FURTHEST)] = 0,
) -> HTMLResponse:
    """All of them, the worst first."""
    with console.services.reader.now() as snapshot:
        found = catalogue(snapshot, q.strip(), first)
    return console.pages.page("tests.html", visitor, here=_HERE, found=found, days=DAYS)


@router.get("/tests/inline")
def show_inline(
    visitor: ViewingVisitor, console: Wired, name: Annotated[str, Query(max_length=200)]
) -> HTMLResponse:
    """The runs submitted inline under a name, as a test."""
    facts = inline_test(console.services, name)
    return console.pages.page("test.html", visitor, here=_HERE, **facts)


@router.get("/tests/{test_id}")
def show_test(test_id: UUID, visitor: ViewingVisitor, console: Wired) -> HTMLResponse:
    """A kept test."""
    facts = kept_test(console.services, test_id)
    return console.pages.page("test.html", visitor, here=_HERE, **facts)
