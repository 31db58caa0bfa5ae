"""What comes of a step, and of an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from domain.run_events import Artifact, Failure


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One step that ended; times are seconds since the attempt began."""

    index: int
    step: str
    started: float
    duration: float
    passed: bool
    kind: str | None = None
    message: str | None = None
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How an attempt ended. `lost` means that the machinery failed, not the test."""

    verdict: Literal["passed", "failed", "timed_out", "lost"]
    error: Failure | None
    duration: float
    artifacts: tuple[Artifact, ...] = ()
