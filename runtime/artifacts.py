"""Artifacts: files kept as evidence, each content once, under its SHA-256.

Which file of which run has which content stands in the run's events, and nowhere else.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from domain.errors import NotFoundError, ProctorError
from domain.run_events import Artifact
from runtime.drafts import Drafts

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

LARGEST = {"trace": 20_000_000, "screenshot": 5_000_000, "console": 1_000_000}
SETTLED = 3_600.0
"""Seconds after which every file has been named by its run's events: they follow on it within an
attempt."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_GONE = ".gone"


class ArtifactError(ProctorError):
    """An artifact could not be kept."""


class ArtifactStore:
    """A folder of artifacts, `ab/abcdef...`; names are ours, never a tested page's.

    A content that was kept within the last `settled` seconds is not removed: it may be another
    run's as well, whose events do not say so yet.
    """

    def __init__(self, folder: Path, settled: float = SETTLED) -> None:
        self.folder = folder
        self._settled = settled
        self._drafts = Drafts(folder / ".drafts")

    def keep(self, name: str, kind: str, content: bytes) -> Artifact:
        """Keeps a content, whole or not at all, unless it is kept already. Raises ArtifactError."""
        if not _NAME.fullmatch(name):
            raise ArtifactError(
                f"{name[:100]!r} is no name of an artifact: use letters, ., _ and -"
            )
        content = _capped(kind, content)
        digest = hashlib.sha256(content).hexdigest()
        place = self.folder / digest[:2] / digest
        try:
            if not _is_kept(place, content):
                self._drafts.write(place, content)
        except OSError as error:
            raise ArtifactError(f"{name} was not kept: {error.strerror}") from error
        return Artifact(name=name, kind=kind, size=len(content), sha256=digest)

    def find(self, run_id: UUID, artifact: Artifact) -> Path | None:
        """Where a run's file is, as its events name it; None if it is nowhere."""
        return next((place for place in self._places(run_id, artifact) if place.is_file()), None)

    def path(self, run_id: UUID, artifact: Artifact) -> Path:
        """The same. Raises NotFoundError."""
        found = self.find(run_id, artifact)
        if found is None:
            raise NotFoundError(f"the file of artifact {artifact.name[:100]!r} is not in the store")
        return found

    def remove(self, run_id: UUID, artifact: Artifact, *, shared: bool) -> bool:
        """Removes a run's file, or of one whose content is `shared` with other runs nothing.

        False if it has to stay for now, because somebody kept the same content a moment ago.
        """
        places = self._places(run_id, artifact)
        if not places:
            return True
        places[1].unlink(missing_ok=True)
        with suppress(OSError):
            places[1].parent.rmdir()  # Where it was the last.
        return shared or self._remove_content(places[0])

    def tidy(self) -> None:
        """Takes away what writers that were killed left half done."""
        self._drafts.tidy()

    def put_back(self) -> None:
        """Puts back what a remover that was killed had set aside. For the only one who removes."""
        for aside in self._drafts.folder.glob(f"*{_GONE}"):
            with suppress(OSError):
                _restore(aside, self.folder / aside.name[:2] / aside.name.removesuffix(_GONE))

    def _places(self, run_id: UUID, artifact: Artifact) -> list[Path]:
        """Where it may be, the place of today first; none for what is no artifact of ours."""
        digest, name = artifact.sha256, artifact.name
        if not _DIGEST.fullmatch(digest) or not _NAME.fullmatch(name):
            return []
        # Data folders of the first version are read as they are: there each run has a folder, with
        # its files under their names.
        return [self.folder / digest[:2] / digest, self.folder / str(run_id) / name]

    def _remove_content(self, place: Path) -> bool:
        aside = self._drafts.folder / f"{place.name}{_GONE}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            if self._is_fresh(place):
                return False
            place.rename(aside)
        except FileNotFoundError:
            return True
        if self._is_fresh(aside):  # Kept again between the look at it and here.
            _restore(aside, place)
            return False
        aside.unlink()
        return True

    def _is_fresh(self, file: Path) -> bool:
        return time.time() - file.stat().st_mtime < self._settled


def _restore(aside: Path, place: Path) -> None:
    """Unless the content was kept anew meanwhile: what is newer stays."""
    with suppress(FileExistsError):
        os.link(aside, place)
    aside.unlink()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_kept(place: Path, content: bytes) -> bool:
    """Whether `place` holds this very content; it is as good as new then."""
    try:
        os.utime(place)
        return place.read_bytes() == content
    except FileNotFoundError:
        return False


def _capped(kind: str, content: bytes) -> bytes:
    largest = LARGEST.get(kind, 5_000_000)
    if len(content) <= largest:
        return content
    if kind == "console":
        return content[:largest] + b"\n[cut here: the log was longer]\n"
    raise ArtifactError(f"a {kind} of {len(content):,} bytes was not kept: {largest:,} at most")
