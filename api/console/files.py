"""The files of a run as a page shows them: pictures, traces, and the console's last lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.console.hostile import visible
from domain.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from api.console.story import Attempt
    from api.services import Services
    from domain.retention import Retention
    from domain.run_events import Artifact

_READ = 60_000
_LINES = 120
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class File:
    """A file that was kept; `caption` says of which step, if it is of one."""

    artifact: Artifact
    url: str
    removed: bool
    caption: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.artifact.name

    @property
    def kind(self) -> str:
        """What it is: `screenshot`, `trace`, `console`, ..."""
        return self.artifact.kind

    @property
    def size(self) -> int:
        """Bytes."""
        return self.artifact.size


@dataclass(frozen=True, slots=True)
class ConsoleLog:
    """The last lines of what the page wrote to its console; `cut` if there is more."""

    file: File
    lines: tuple[str, ...]
    cut: bool


def files_of(attempt: Attempt, run_id: UUID, retention: Retention) -> list[File]:
    """Every file of an attempt, in the order of its steps."""
    found = [
        _file(artifact, run_id, retention, step.text)
        for step in attempt.steps
        for artifact in step.artifacts
    ]
    return found + [_file(artifact, run_id, retention) for artifact in attempt.artifacts]


def pictures(files: Iterable[File]) -> list[File]:
    """Those that can be looked at."""
    return [file for file in files if file.kind == "screenshot" and not file.removed]


def console_log(services: Services, run_id: UUID, files: Iterable[File]) -> ConsoleLog | None:
    """The console's, if it was kept and is still there."""
    kept = [file for file in files if file.kind == "console" and not file.removed]
    if not kept:
        return None
    try:
        with services.store.path(run_id, kept[-1].artifact).open("rb") as file:
            skipped = max(kept[-1].size - _READ, 0)
            file.seek(skipped)
            text = file.read(_READ).decode(errors="replace")
    except (OSError, NotFoundError):
        return None
    lines = text.splitlines()[1 if skipped else 0 :]
    shown = tuple(_cut(line) for line in lines[-_LINES:])
    return ConsoleLog(kept[-1], shown, bool(skipped) or len(lines) > _LINES)


def _cut(line: str) -> str:
    if len(line) <= _LONGEST_LINE:
        return visible(line)
    return f"{visible(line[:_LONGEST_LINE])}… {len(line) - _LONGEST_LINE:,} more characters"


def _file(artifact: Artifact, run_id: UUID, retention: Retention, caption: str = "") -> File:
    url = f"/api/v1/runs/{run_id}/artifacts/{artifact.name}"
    return File(artifact, url, retention.removal_of(artifact) is not None, caption)
