"""From the name of a run's artifact to its file, by what the run's events say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.problems import ProblemError
from domain.errors import NotFoundError
from domain.run_events import RunEvent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from api.services import Services
    from domain.event import Event
    from domain.run_events import Artifact


def artifact_file(services: Services, run_id: UUID, name: str) -> Path:
    """Where the file is.

    Raises NotFoundError, and ProblemError 410 with when and why if it was removed.
    """
    history = services.log.history(run_id)
    fits = [one for found in history for one in artifacts_in(found.event) if one.name == name]
    if not fits:
        raise NotFoundError(f"run {run_id} has no artifact {name[:100]!r}")
    wanted = fits[-1]  # An attempt that began again in another browser may have kept it twice.
    removal = services.log.retention(run_id).removal_of(wanted)
    if removal is not None:
        raise ProblemError(
            410,
            "gone",
            f"{name} was removed on {removal.at:%Y-%m-%d at %H:%M:%S} UTC, by the rule"
            f" {removal.rule!r}; its SHA-256 was {wanted.sha256}",
        )
    return services.store.path(run_id, wanted)


def artifacts_in(event: Event) -> Iterator[Artifact]:
    """The artifacts that an event of a run names."""
    if isinstance(event, RunEvent):
        yield from getattr(event, "artifacts", ())
