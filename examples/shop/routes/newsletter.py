"""The newsletter, a little page of its own that others show in an iframe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from examples.shop.forms import texts
from examples.shop.pages import render

if TYPE_CHECKING:
    from starlette.requests import Request


async def show(_request: Request) -> HTMLResponse:
    return _frame("Rabbit-hole news", "Once a month, and never on your unbirthday.")


async def subscribe(request: Request) -> HTMLResponse:
    email = (await texts(request)).get("email", "")
    if "@" not in email:
        return _frame("That is no email address", "Please try again.", status=422)
    return _frame("You are on the list", f"We will write to {email}.")


def _frame(heading: str, text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(render("newsletter", heading=heading, text=text), status)


routes = [
    Route("/newsletter", show),
    Route("/newsletter", subscribe, methods=["POST"]),
]
