"""Artifacts: the files kept as evidence of a run."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from api.keys import Viewer
from api.models import ArtifactPage, ArtifactView
from api.problems import ProblemError
from api.requests import POSITION_HEADER, Wired
from domain.run_events import RunEvent, StepEvent

router = APIRouter(prefix="/runs/{run_id}/artifacts", tags=["artifacts"])

_SAFE = {
    # What a tested page put into a file must never run as this site's own.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, max-age=3600",
}


@router.get("")
def list_artifacts(run_id: UUID, _: Viewer, services: Wired, response: Response) -> ArtifactPage:
    """Screenshots, traces and logs of a run, as its events name them."""
    history = services.log.history(run_id)
    events = [found.event for found in history if isinstance(found.event, RunEvent)]
    if not events:
        raise ProblemError(404, "not found", f"there is no run {run_id}")
    response.headers[POSITION_HEADER] = str(history[-1].position)
    return ArtifactPage(items=[view for event in events for view in _artifacts(event)])


@router.get("/{name}", response_class=FileResponse)
def fetch_artifact(run_id: UUID, name: str, _: Viewer, services: Wired) -> FileResponse:
    """One file, as a download."""
    path = services.store.path(run_id, name)
    return FileResponse(path, filename=name, headers=_SAFE, media_type="application/octet-stream")


def _artifacts(event: RunEvent) -> Iterator[ArtifactView]:
    for artifact in getattr(event, "artifacts", ()):
        yield ArtifactView(
            **artifact.model_dump(),
            attempt=getattr(event, "attempt", 0),
            step=event.index if isinstance(event, StepEvent) else None,
            url=f"/api/v1/runs/{event.originator_id}/artifacts/{artifact.name}",
        )
