"""Files kept as evidence."""

from __future__ import annotations

from pydantic import BaseModel


class ArtifactView(BaseModel):
    """A file kept as evidence of a run; `removed` if retention took it away since."""

    name: str
    kind: str
    size: int
    sha256: str
    attempt: int
    step: int | None
    removed: bool
    url: str


class ArtifactPage(BaseModel):
    """Every artifact of a run."""

    items: list[ArtifactView]
    next: None = None
