"""Everything that can happen to a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field

from domain.decision import Decision, KnownDecision
from domain.definition import Definition
from domain.event import Event
from domain.redaction import REMOVED, bare_decision, bare_definition
from domain.values import Frozen
from domain.words import Budget

if TYPE_CHECKING:
    from collections.abc import Collection


class Failure(Frozen):
    """Why something did not pass.

    `kind` says what sort of thing went wrong (`expectation`, `timeout`, `navigation`, ...),
    `message` what happened in words, `step` the index of the step where there is one.
    """

    kind: str
    message: str
    step: int | None = None

    def bare(self) -> Failure:
        """The failure without words."""
        return self.model_copy(update={"message": REMOVED})


class Artifact(Frozen):
    """A file kept as evidence, outside the log; `sha256` ties it to the event."""

    name: str
    kind: str
    size: int
    sha256: str


class RunEvent(Event):
    """An event of a run. `redacted` once its details have been removed (docs/retention.md)."""

    NOUN: ClassVar[str] = "run"

    redacted: Literal[True] | None = None

    def without_details(self, known: Collection[int] = ()) -> Self:
        """The event as it is stored once details are removed; itself if it has none.

        `known` are the indexes of the run's steps whose decisions became known for its test:
        they are no detail of the run.
        """
        bare = self._bare(known) | ({} if self.origin is None else {"origin": None})
        return self.model_copy(update={**bare, "redacted": True}) if bare else self

    def _bare(self, known: Collection[int]) -> dict[str, Any]:  # noqa: ARG002 - for those with steps
        return {}


class Explained(RunEvent):
    """Something that went wrong, and why."""

    error: Failure

    def _bare(self, known: Collection[int]) -> dict[str, Any]:  # noqa: ARG002
        return {"error": self.error.bare()}


class RunRequested(RunEvent):
    """Somebody asked for a run; the answer 202 stands for this event.

    `decisions` are those known for its steps in words at that moment: all that it may replay.
    `batch_budget` is what all runs of its batch may ask of models together.
    """

    TOPIC: ClassVar[str] = "RunRequested"

    definition: Definition
    timeout: float
    test_id: UUID | None = None
    test_version: int | None = None
    batch_id: UUID | None = None
    decisions: tuple[KnownDecision, ...] | None = None
    batch_budget: Budget | None = None

    def _bare(self, known: Collection[int]) -> dict[str, Any]:
        decisions = None if self.decisions is None else ()
        return {"definition": bare_definition(self.definition, known), "decisions": decisions}


class RunStarted(RunEvent):
    """An executor claimed the run."""

    TOPIC: ClassVar[str] = "RunStarted"

    attempt: int
    executor: str
    dispatch_id: str


class StepEvent(RunEvent):
    """One step of one attempt ended; `started` and `duration` are seconds on the attempt's own
    monotonic clock. `decision` is what a step in words came to."""

    attempt: int
    index: int
    step: str
    started: float
    duration: float
    artifacts: tuple[Artifact, ...] = ()
    decision: Decision | None = None

    def _bare(self, known: Collection[int]) -> dict[str, Any]:
        if self.decision is None or self.index in known:
            return {"step": REMOVED}
        return {"step": REMOVED, "decision": bare_decision(self.decision)}


class StepPassed(StepEvent):
    """A step did what it says."""

    TOPIC: ClassVar[str] = "StepPassed"

    message: str | None = None

    def _bare(self, known: Collection[int]) -> dict[str, Any]:
        message = None if self.message is None else REMOVED
        return {**super()._bare(known), "message": message}


class StepFailed(StepEvent):
    """A step did not; the attempt ends with it."""

    TOPIC: ClassVar[str] = "StepFailed"

    kind: str
    message: str

    def _bare(self, known: Collection[int]) -> dict[str, Any]:
        return {**super()._bare(known), "message": REMOVED}


class BrowserChanged(RunEvent):
    """The attempt began again in another browser: something had to be decided that the one at hand
    has nobody to ask about. Its steps so far count no more."""

    TOPIC: ClassVar[str] = "BrowserChanged"

    attempt: int
    browser: str
    reason: str

    def _bare(self, known: Collection[int]) -> dict[str, Any]:  # noqa: ARG002
        return {"reason": REMOVED}


class AttemptFailed(Explained):
    """The test failed and will be tried again."""

    TOPIC: ClassVar[str] = "AttemptFailed"

    attempt: int
    duration: float
    artifacts: tuple[Artifact, ...] = ()


class AttemptLost(Explained):
    """The machinery lost the attempt (executor, browser or lease), and the run is tried again."""

    TOPIC: ClassVar[str] = "AttemptLost"

    attempt: int


class RunRequeued(RunEvent):
    """The run waits for a further attempt; the dispatcher publishes again."""

    TOPIC: ClassVar[str] = "RunRequeued"

    attempt: Annotated[int, Field(description="the attempt it waits for")]
    priority: int


class PriorityChanged(RunEvent):
    """The run's urgency changed; a waiting run is published again."""

    TOPIC: ClassVar[str] = "PriorityChanged"

    priority: int


class VerdictEvent(RunEvent):
    """The end of a run, once. `duration` is the last attempt's, in seconds; None if none ran."""

    attempt: int
    duration: float | None = None
    artifacts: tuple[Artifact, ...] = ()


class RunPassed(VerdictEvent):
    """Every step passed; `flaky` if an earlier attempt had failed."""

    TOPIC: ClassVar[str] = "RunPassed"

    flaky: bool = False


class UnhappyVerdict(VerdictEvent, Explained):
    """An end that has to be explained."""


class RunFailed(UnhappyVerdict):
    """The test failed."""

    TOPIC: ClassVar[str] = "RunFailed"


class RunErrored(UnhappyVerdict):
    """The machinery failed, not the test."""

    TOPIC: ClassVar[str] = "RunErrored"


class RunTimedOut(UnhappyVerdict):
    """The attempt used up the run's time."""

    TOPIC: ClassVar[str] = "RunTimedOut"


class RunCancelled(UnhappyVerdict):
    """Somebody cancelled it."""

    TOPIC: ClassVar[str] = "RunCancelled"


VERDICTS: dict[type[VerdictEvent], str] = {
    RunPassed: "passed",
    RunFailed: "failed",
    RunErrored: "errored",
    RunTimedOut: "timed_out",
    RunCancelled: "cancelled",
}
"""The status each verdict gives its run."""

VERDICT_TOPICS = {kind.TOPIC: status for kind, status in VERDICTS.items()}
"""The same by the verdict's stored name, also in a form that only a newer Proctor knows."""
