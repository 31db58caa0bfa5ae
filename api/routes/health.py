"""For machines that look after the process: alive, ready, and figures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from api.figures import figures
from api.landing import LANDING
from api.requests import Wired
from api.services import Services

router = APIRouter(tags=["health"])


@router.get("/health/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


# Asynchronous, so that it answers while every thread waits for a database that does not.
@router.get("/health/ready", response_model=None)
async def ready(services: Wired) -> JSONResponse:
    """Whether everything a request needs is there; 503 says what is missing."""
    missing = _missing(services)
    body: dict[str, Any] = {"status": "unavailable" if missing else "ok", "missing": missing}
    return JSONResponse(body, 503 if missing else 200)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(services: Wired) -> PlainTextResponse:
    """Figures for Prometheus."""
    return PlainTextResponse(figures(services), media_type="text/plain; version=0.0.4")


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
def landing() -> HTMLResponse:
    """What this server is, for somebody who opens it in a browser."""
    return HTMLResponse(
        LANDING,
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


def _missing(services: Services) -> dict[str, str]:
    missing = services.troubles()
    if services.executors.trouble:
        missing["broker"] = services.executors.trouble
    return missing
