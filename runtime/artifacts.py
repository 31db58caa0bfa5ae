"""Artifacts: files kept as evidence, one folder a run."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from domain.errors import NotFoundError, ProctorError
from domain.run_events import Artifact

if TYPE_CHECKING:
    from uuid import UUID

LARGEST = {"trace": 20_000_000, "screenshot": 5_000_000, "console": 1_000_000}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class ArtifactError(ProctorError):
    """An artifact could not be kept."""


class ArtifactStore:
    """A folder of artifacts; names are ours, never a tested page's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, run_id: UUID, name: str, kind: str, content: bytes) -> Artifact:
        """Writes one file, whole or not at all."""
        content = _capped(kind, content)
        path = self._path(run_id, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(content)
            Path(file.name).rename(path)
        except OSError as error:
            raise ArtifactError(f"{name} was not kept: {error.strerror}") from error
        digest = hashlib.sha256(content).hexdigest()
        return Artifact(name=name, kind=kind, size=len(content), sha256=digest)

    def path(self, run_id: UUID, name: str) -> Path:
        """Where a file is. Raises NotFoundError."""
        path = self._path(run_id, name)
        if not path.is_file():
            raise NotFoundError(f"run {run_id} has no artifact {name[:100]!r}")
        return path

    def _path(self, run_id: UUID, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotFoundError(f"run {run_id} has no artifact {name[:100]!r}")
        return self._folder / str(run_id) / name


def _capped(kind: str, content: bytes) -> bytes:
    largest = LARGEST.get(kind, 5_000_000)
    if len(content) <= largest:
        return content
    if kind == "console":
        return content[:largest] + b"\n[cut here: the log was longer]\n"
    raise ArtifactError(f"a {kind} of {len(content):,} bytes was not kept: {largest:,} at most")
