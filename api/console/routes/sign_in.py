"""Signing in with a key or a link, and out again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.console import Console, Wired
from api.console.forms import ViewersForm, fields_of, own_path
from api.console.page_route import PageRoute
from api.sessions import LASTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.api_key import ApiKey

logger = structlog.get_logger()

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_NO_KEY = "That is no key of this server, or it was revoked."
_NO_LINK = (
    "That link was used before, or is too old. Start the server again, or sign in with a key."
)


@router.get("/sign-in")
async def sign_in_page(console: Wired, next: str = "/") -> HTMLResponse:  # noqa: A002 - in the address
    """The form; a link brings its word behind the `#`, and a script puts it into the form."""
    return console.pages.page("sign_in.html", next=own_path(next), trouble=None, here="")


@router.post("/sign-in")
async def sign_in(request: Request, console: Wired) -> Response:
    """Begins a session."""
    fields = await fields_of(request)
    key = await _key(console, fields)
    wanted = own_path(fields.get("next"))
    if key is None:
        trouble = _NO_LINK if fields.get("link") else _NO_KEY
        return console.pages.page("sign_in.html", status=401, next=wanted, trouble=trouble, here="")
    logger.info("console.signed_in", key=str(key.id), by_link=bool(fields.get("link")))
    answer = RedirectResponse(wanted, 303)
    begin_session(request, answer, key)
    return answer


@router.post("/sign-out")
async def sign_out(form: ViewersForm, console: Wired) -> Response:  # noqa: ARG001 - it has to be one
    """Ends it, in this browser."""
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(console.services.sessions.cookie, httponly=True, samesite="lax")
    # What other tabs of this browser keep in memory or cache goes, too.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def begin_session(request: Request, answer: Response, key: ApiKey) -> None:
    """Gives the browser a cookie for the key, which scripts do not see and forms of other sites do
    not carry."""
    console: Console = request.app.state.console
    sessions = console.services.sessions
    answer.set_cookie(
        sessions.cookie,
        sessions.begin(key.id),
        max_age=LASTS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


async def _key(console: Console, fields: Mapping[str, str]) -> ApiKey | None:
    services = console.services
    if link := fields.get("link"):
        key_id = await asyncio.to_thread(services.links.redeem, link)
        return await services.keys.valid(key_id) if key_id else None
    return await services.keys.open(fields.get("key", "").strip())
