"""Artifacts: the files kept as evidence of a run."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from api.artifact_files import artifact_file, artifacts_in
from api.keys import Viewer
from api.models.artifacts import ArtifactPage, ArtifactView
from api.problems import ProblemError
from api.requests import POSITION_HEADER, Wired
from domain.retention import Retention
from domain.run_events import RunEvent, StepEvent

router = APIRouter(prefix="/runs/{run_id}/artifacts", tags=["artifacts"])

_MEDIA_TYPE = "application/octet-stream"
_FILE = {"schema": {"type": "string", "format": "binary"}}
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
    retention = services.log.retention(run_id)
    return ArtifactPage(items=[view for event in events for view in _artifacts(event, retention)])


@router.get(
    "/{name}",
    response_class=FileResponse,
    responses={200: {"content": {_MEDIA_TYPE: _FILE}, "description": "the file's bytes"}},
)
def fetch_artifact(run_id: UUID, name: str, _: Viewer, services: Wired) -> FileResponse:
    """One file, as a download. 410 says when it was removed, and by which rule."""
    path = artifact_file(services, run_id, name)
    return FileResponse(path, filename=name, headers=_SAFE, media_type=_MEDIA_TYPE)


def _artifacts(event: RunEvent, retention: Retention) -> Iterator[ArtifactView]:
    for artifact in artifacts_in(event):
        yield ArtifactView(
            **artifact.model_dump(),
            attempt=getattr(event, "attempt", 0),
            step=event.index if isinstance(event, StepEvent) else None,
            removed=retention.removal_of(artifact) is not None,
            url=f"/api/v1/runs/{event.originator_id}/artifacts/{artifact.name}",
        )
