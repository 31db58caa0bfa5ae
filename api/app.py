"""The application: routes, errors and limits put together."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import anyio.to_thread
from fastapi import FastAPI

from api.body_limit import BodyLimit
from api.console.routes import serve_console
from api.document import describe, operation_id
from api.origin import Origin
from api.problems import install_problems
from api.routes import (
    artifacts,
    audit,
    decisions,
    deeds,
    events,
    executors,
    health,
    keys,
    queue,
    replay,
    runs,
    simulation,
    tests,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.services import Services

_THREADS = 120
"""Requests in hand at once; most of them wait for a commit that they share."""


def create_app(services: Services) -> FastAPI:
    """The API over `services`, which must be running."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
        watching = asyncio.create_task(services.executors.watch())
        yield
        services.stopping.set()
        watching.cancel()

    app = FastAPI(
        title="Proctor",
        version=version("proctor"),
        summary="A queue that runs browser tests and keeps proof of what happened.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    app.state.services = services
    install_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Origin)
    for routes in (
        tests, runs, queue, executors, replay, simulation, decisions, events, artifacts, keys,
        audit, deeds,
    ):  # fmt: skip
        app.include_router(routes.router, prefix="/api/v1")
    app.include_router(health.router)
    serve_console(app, services)
    describe(app)
    return app
