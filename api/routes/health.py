"""For machines that look after the process: alive, ready, and figures."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel

from api.figures import figures
from api.requests import Wired
from api.services import Services

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether everything a request needs is there; if not, what is missing and why, by name."""

    status: Literal["ok", "unavailable"]
    missing: dict[str, str]


@router.get("/health/live", operation_id="is_live")
def live() -> Alive:
    """The process answers."""
    return Alive()


# Asynchronous, so that it answers while every thread waits for a database that does not.
@router.get(
    "/health/ready",
    operation_id="is_ready",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Something is missing"}},
)
async def ready(services: Wired) -> JSONResponse:
    """Whether everything a request needs is there; 503 says what is missing."""
    missing = _missing(services)
    body = Readiness(status="unavailable" if missing else "ok", missing=missing)
    return JSONResponse(body.model_dump(), 503 if missing else 200)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(services: Wired) -> PlainTextResponse:
    """Figures for Prometheus."""
    return PlainTextResponse(figures(services), media_type="text/plain; version=0.0.4")


def _missing(services: Services) -> dict[str, str]:
    missing = services.troubles()
    if services.executors.trouble:
        missing["broker"] = services.executors.trouble
    return missing
