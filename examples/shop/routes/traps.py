"""Pages that misbehave in the ways that browsers and their tests must survive."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from examples.shop.pages import notice, page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

LONGEST_WAIT = 600.0
HUGE = 1 << 30
CHUNK = bytes(1 << 16)
MOST_POPUPS = 500
MOST_TOKENS = 100_000


async def index(request: Request) -> Response:
    return page(request, "traps", title="Traps")


async def slow(request: Request) -> Response:
    """Answers after `?seconds=`, three unless said otherwise."""
    seconds = _number(request, "seconds", default=3, most=LONGEST_WAIT)
    await asyncio.sleep(seconds)
    return notice(request, "Better late than never", f"This page took {seconds:g} seconds.")


async def endless(request: Request) -> Response:
    return page(request, "endless", title="Endless loop")


async def popups(request: Request) -> Response:
    """Opens `?count=` windows, fifty unless said otherwise."""
    count = int(_number(request, "count", default=50, most=MOST_POPUPS))
    return page(request, "popups", title="Popups", count=count)


async def popup(request: Request) -> Response:
    return notice(request, "A popup", "Nobody asked for this window.")


async def dialogs(request: Request) -> Response:
    return page(request, "dialogs", title="Dialogs")


async def loop(_request: Request) -> Response:
    return RedirectResponse("/loop", 302)


async def broken_script(request: Request) -> Response:
    return page(request, "broken_script", title="Broken script")


async def error(request: Request) -> Response:
    return notice(request, "Internal server error", "Off with somebody's head!", 500)


async def huge(_request: Request) -> Response:
    """A download of 1 GiB of zeroes."""
    headers = {"Content-Disposition": 'attachment; filename="huge.bin"'}
    return StreamingResponse(
        _zeroes(),
        media_type="application/octet-stream",
        headers={"Content-Length": str(HUGE), **headers},
    )


async def _zeroes() -> AsyncIterator[bytes]:
    for _ in range(HUGE // len(CHUNK)):
        yield CHUNK
        await asyncio.sleep(0)  # the other visitors must not wait for it


class Flaky:
    """Fails on every odd visit with the same `?token=`.

    With a token of its own, a run's first attempt fails and its second one passes, whoever else
    is visiting.
    """

    def __init__(self) -> None:
        self._up: OrderedDict[str, bool] = OrderedDict()

    async def __call__(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        up = self._up.pop(token, False)
        self._up[token] = not up
        if len(self._up) > MOST_TOKENS:
            self._up.popitem(last=False)
        if up:
            return notice(request, "Welcome back", "Everything works again.")
        return notice(request, "Service unavailable", "The service is having a mad tea party.", 503)


def _number(request: Request, name: str, *, default: float, most: float) -> float:
    try:
        given = float(request.query_params.get(name, default))
    except ValueError:
        return default
    return min(max(given, 0), most) if math.isfinite(given) else default


def routes() -> list[Route]:
    """The traps' routes, with no visit to the flaky page counted yet."""
    return [
        Route("/traps", index),
        Route("/slow", slow),
        Route("/endless", endless),
        Route("/popups", popups),
        Route("/popup", popup),
        Route("/dialogs", dialogs),
        Route("/loop", loop),
        Route("/broken-script", broken_script),
        Route("/error", error),
        Route("/huge.bin", huge),
        Route("/flaky", Flaky().__call__),
    ]
