"""Retention: what was removed of runs that were over long enough, as the log has it.

Nothing follows a verdict, so what is removed of a run is said by an aggregate of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID, uuid5

from pydantic import Field

from domain.checkpoint import Hex
from domain.event import Event
from domain.run_events import (
    Artifact,
    AttemptFailed,
    AttemptLost,
    BrowserChanged,
    RunEvent,
    RunPassed,
    StepEvent,
)
from domain.values import Frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MARK = b'"redacted":true'
"""In the bytes of every event whose details were removed, and hardly in any other's."""


class RetentionEvent(Event):
    """Something of a run was removed, by a rule."""

    NOUN: ClassVar[str] = "retention"

    run_id: UUID
    rule: str


class ArtifactsRemoved(RetentionEvent):
    """These files of the run were removed, or are about to be."""

    TOPIC: ClassVar[str] = "ArtifactsRemoved"

    artifacts: tuple[Artifact, ...]


class RedactedEvent(Frozen):
    """One event of the run: the hash of all there was of it (`domain.stored.Stored.leaf`), by which
    it is still a link of the chain, and the hash of what stands in its place."""

    position: Annotated[int, Field(ge=1)]
    was: Hex
    now: Hex


class DetailsRemoved(RetentionEvent):
    """The details of these events of the run were removed, or are about to be."""

    TOPIC: ClassVar[str] = "DetailsRemoved"

    events: tuple[RedactedEvent, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """What was removed of one run, at one version of the history of that."""

    run_id: UUID
    version: int = 0
    events: tuple[RetentionEvent, ...] = ()

    def removal_of(self, artifact: Artifact) -> ArtifactsRemoved | None:
        """The event that says that this file was removed, if one does."""
        for event in self.events:
            if isinstance(event, ArtifactsRemoved) and artifact in event.artifacts:
                return event
        return None

    def remove_artifacts(
        self, by: str, rule: str, artifacts: Sequence[Artifact]
    ) -> ArtifactsRemoved:
        """These files go."""
        return ArtifactsRemoved(**self._heading(by, rule), artifacts=tuple(artifacts))

    def remove_details(self, by: str, rule: str, events: Sequence[RedactedEvent]) -> DetailsRemoved:
        """The details of these events go."""
        return DetailsRemoved(**self._heading(by, rule), events=tuple(events))

    def _heading(self, by: str, rule: str) -> dict[str, Any]:
        return {
            "originator_id": retention_id(self.run_id),
            "originator_version": self.version + 1,
            "by": by,
            "run_id": self.run_id,
            "rule": rule,
        }


def retention_id(run_id: UUID) -> UUID:
    """The aggregate that says what was removed of a run."""
    return uuid5(run_id, "retention")


def replay(run_id: UUID, events: Iterable[Event]) -> Retention:
    """What these events, the aggregate's in order, say."""
    history = list(events)
    version = history[-1].originator_version if history else 0
    known = tuple(event for event in history if isinstance(event, RetentionEvent))
    return Retention(run_id, version, known)


def without_details(history: Sequence[RunEvent]) -> list[RunEvent]:
    """The whole history of a run that is over, each event as it is once details are removed.

    Decisions of a run that passed may have become known for its test: these stay.
    """
    known = _became_known(history)
    return [event.without_details(_of_it(event, known)) for event in history]


def _of_it(event: RunEvent, known: dict[int, int]) -> Collection[int]:
    """Which steps' decisions in an event are known: a step of an earlier attempt has none."""
    if isinstance(event, StepEvent) and known.get(event.index) != event.originator_version:
        return ()
    return known


def _became_known(history: Sequence[RunEvent]) -> dict[int, int]:
    """The steps that the attempt which passed decided anew: the index of each, and its version."""
    if not isinstance(history[-1], RunPassed):
        return {}
    found: dict[int, int] = {}
    for event in history:
        match event:
            case AttemptFailed() | AttemptLost() | BrowserChanged():
                found = {}
            case StepEvent(decision=decision) if decision and decision.made != "replayed":
                found[event.index] = event.originator_version
    return found
