"""What comes of a step, and of an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from domain.decision import Decision
    from domain.run_events import Artifact, Failure


Verdict = Literal["passed", "failed", "timed_out", "errored", "lost"]


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
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class BrowserChange:
    """The attempt begins again in another browser, because of `reason`."""

    browser: str
    reason: str


Happening = StepOutcome | BrowserChange


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How an attempt ended. `lost` means that the machinery failed and it is worth another try,
    `errored` that it failed and is not; neither is the test's doing."""

    verdict: Verdict
    error: Failure | None
    duration: float
    artifacts: tuple[Artifact, ...] = ()
