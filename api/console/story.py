"""A run as its events tell it: its attempts one after the other, and the steps of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Literal

from domain.run_events import (
    VERDICTS,
    AttemptFailed,
    AttemptLost,
    BrowserChanged,
    Failure,
    RunRequested,
    RunStarted,
    StepEvent,
    StepFailed,
    StepPassed,
    UnhappyVerdict,
    VerdictEvent,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.decision import Decision
    from domain.log import Recorded
    from domain.run_events import Artifact

StepState = Literal["passed", "failed", "running", "queued", "skipped"]


@dataclass(slots=True)
class Step:
    """A step of an attempt; `started` and `duration` are seconds on the attempt's own clock, None
    of one that has not ended."""

    index: int
    text: str
    state: StepState
    started: float | None = None
    duration: float | None = None
    message: str | None = None
    artifacts: tuple[Artifact, ...] = ()
    decision: Decision | None = None

    @classmethod
    def ended(cls, event: StepEvent) -> Step:
        """As its event has it."""
        message = event.message if isinstance(event, StepPassed | StepFailed) else None
        state: StepState = "failed" if isinstance(event, StepFailed) else "passed"
        return cls(
            event.index, event.step, state, event.started, event.duration, message,
            event.artifacts, event.decision,
        )  # fmt: skip


@dataclass(slots=True)
class Attempt:
    """One try. `state` is `running`, `failed`, `lost`, or what the run's verdict made of it."""

    number: int
    executor: str
    began: datetime
    state: str = "running"
    ended: datetime | None = None
    duration: float | None = None
    error: Failure | None = None
    steps: list[Step] = field(default_factory=list)
    artifacts: tuple[Artifact, ...] = ()
    notes: list[str] = field(default_factory=list)

    def end(self, state: str, at: datetime) -> None:
        """It is over, whatever came of it."""
        self.state, self.ended = state, at

    def with_steps_to_come(self, names: Sequence[str]) -> list[Step]:
        """Its steps, and those of the definition that it has not come to, or never did."""
        steps, done = list(self.steps), len(self.steps)
        for index in range(done, len(names)):
            state: StepState = "skipped"
            if self.state == "running":
                state = "running" if index == done else "queued"
            steps.append(Step(index, names[index], state))
        return steps


class Story:
    """What a run's history comes to. An event that only a newer Proctor knows is passed over."""

    def __init__(self, asked: RunRequested, history: Sequence[Recorded]) -> None:
        self.asked = asked
        self.attempts: list[Attempt] = []
        self.verdict: VerdictEvent | None = None
        for recorded in history:
            self._tell(recorded.event)

    @classmethod
    def of(cls, history: Sequence[Recorded]) -> Story | None:
        """The story of a run; None if it is not a run's history."""
        asked = history[0].event if history else None
        return cls(asked, history) if isinstance(asked, RunRequested) else None

    @property
    def step_names(self) -> list[str]:
        """What the steps are called."""
        return [str(step) for step in self.asked.definition.steps]

    @property
    def failure(self) -> tuple[Attempt | None, Failure] | None:
        """What went wrong last, and in which attempt, if it was in one."""
        if isinstance(self.verdict, UnhappyVerdict):
            return self.last_attempt, self.verdict.error
        if self.verdict is None:
            failed = [attempt for attempt in self.attempts if attempt.error is not None]
            if failed and failed[-1].error is not None:
                return failed[-1], failed[-1].error
        return None

    @property
    def last_attempt(self) -> Attempt | None:
        """The last so far; None before the first."""
        return self.attempts[-1] if self.attempts else None

    def attempt(self, number: int | None) -> Attempt | None:
        """The attempt of that number; without one the last."""
        if number is None:
            return self.last_attempt
        return next((one for one in self.attempts[::-1] if one.number == number), None)

    @singledispatchmethod
    def _tell(self, event: object) -> None:
        pass

    @_tell.register
    def _(self, event: RunStarted) -> None:
        self.attempts.append(Attempt(event.attempt, event.executor, event.at))

    @_tell.register
    def _(self, event: StepEvent) -> None:
        self.attempts[-1].steps.append(Step.ended(event))

    @_tell.register
    def _(self, event: BrowserChanged) -> None:
        attempt = self.attempts[-1]
        attempt.steps.clear()
        attempt.notes.append(f"began again in {event.browser}: {event.reason}")

    @_tell.register
    def _(self, event: AttemptFailed) -> None:
        attempt = self.attempts[-1]
        attempt.end("failed", event.at)
        attempt.error, attempt.duration = event.error, event.duration
        attempt.artifacts = event.artifacts

    @_tell.register
    def _(self, event: AttemptLost) -> None:
        attempt = self.attempts[-1]
        attempt.end("lost", event.at)
        attempt.error = event.error

    @_tell.register
    def _(self, event: VerdictEvent) -> None:
        self.verdict = event
        attempt = self.last_attempt
        if attempt is not None and attempt.state == "running":
            attempt.end(VERDICTS[type(event)], event.at)
            attempt.duration, attempt.artifacts = event.duration, event.artifacts
            attempt.error = event.error if isinstance(event, UnhappyVerdict) else None
