"""The shop as one ASGI application: all routes, with a fresh memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from examples.shop.pages import notice
from examples.shop.routes import accounts, artwork, cart, checkout, newsletter, storefront, traps
from examples.shop.sessions import SessionMiddleware

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

STATIC = Path(__file__).parent / "static"


def create_app() -> Starlette:
    """A shop nobody has visited yet."""
    return Starlette(
        routes=[
            *storefront.routes,
            *cart.routes,
            *checkout.routes,
            *accounts.routes,
            *artwork.routes,
            *newsletter.routes,
            *traps.routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(SessionMiddleware)],
        exception_handlers={404: _not_found},
    )


async def _not_found(request: Request, _error: Exception) -> Response:
    return notice(request, "Page not found", "This page has gone down a rabbit hole.", 404)
