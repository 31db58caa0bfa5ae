"""The dashboard's routes, one file a page; and what people do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.console.assets import TraceViewer
from api.console.console import Console
from api.console.page_route import not_found
from api.console.routes import history, now, past, runs, sign_in, steering, system, tests

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.services import Services


def serve_console(app: FastAPI, services: Services) -> None:
    """Adds the dashboard to `app`, after the routes that have an address of their own."""
    console = app.state.console = Console(services)
    for routes in (sign_in, now, past, runs, tests, history, system, steering):
        app.include_router(routes.router)
    app.add_exception_handler(404, not_found)
    app.mount("/static", console.assets)
    app.mount("/trace", TraceViewer())
