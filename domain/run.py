"""A run: its state, the commands it takes, and how each event changes it.

Commands decide and return events; `evolve` applies them. Nothing here reads or writes anything.
The transitions are drawn in docs/state_machine.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from domain.errors import IllegalTransitionError
from domain.event import UnknownEvent
from domain.run_events import (
    VERDICT_TOPICS,
    VERDICTS,
    AttemptFailed,
    AttemptLost,
    BrowserChanged,
    Failure,
    PriorityChanged,
    RunCancelled,
    RunErrored,
    RunEvent,
    RunFailed,
    RunPassed,
    RunRequested,
    RunRequeued,
    RunStarted,
    RunTimedOut,
    StepEvent,
    StepFailed,
    StepPassed,
    VerdictEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from domain.decision import KnownDecision
    from domain.definition import Definition
    from domain.words import Budget

E = TypeVar("E", bound=RunEvent)

Status = Literal["queued", "running", "passed", "failed", "errored", "timed_out", "cancelled"]

DRAINED = "drained"
"""The kind of failure of an attempt given back by an executor that has to stop."""

MOST_LOST_ATTEMPTS = 3
"""A run that keeps taking its executor down is errored after this many lost attempts."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run at one version of its history."""

    id: UUID
    version: int
    definition: Definition
    timeout: float
    priority: int
    status: Status = "queued"
    attempt: int = 0
    executor: str | None = None
    asked_at_version: int = 1
    claimed_by: str | None = None
    failed_attempts: int = 0
    lost_attempts: int = 0
    happenings: int = 0
    """Steps, and changes of the browser, that the attempt has recorded."""
    decisions: tuple[KnownDecision, ...] = ()
    batch_id: UUID | None = None
    batch_budget: Budget | None = None

    @property
    def dispatch_id(self) -> str:
        """The dispatch that is valid now; a message with another id has been superseded."""
        return f"{self.id}.{self.asked_at_version}"

    @property
    def over(self) -> bool:
        """Whether a verdict is recorded."""
        return self.status not in {"queued", "running"}

    @property
    def may_retry(self) -> bool:
        """Whether a failed attempt will be followed by another."""
        return self.failed_attempts < self.definition.retries

    @property
    def may_lose_another(self) -> bool:
        """Whether a lost attempt will be followed by another."""
        return self.lost_attempts + 1 < MOST_LOST_ATTEMPTS

    # -- commands -------------------------------------------------------------

    def start(self, executor: str, dispatch_id: str) -> RunStarted:
        """An executor claims the waiting run."""
        self._require("start", "queued")
        return self._next(
            RunStarted,
            executor,
            attempt=self.attempt + 1,
            executor=executor,
            dispatch_id=dispatch_id,
        )

    def fail_attempt(self, by: str, **facts: Any) -> AttemptFailed:
        """The attempt failed, and retries are left."""
        self._require("fail an attempt of", "running")
        return self._next(AttemptFailed, by, attempt=self.attempt, **facts)

    def lose_attempt(self, by: str, error: Failure) -> AttemptLost:
        """The attempt's executor, browser or lease is gone."""
        self._require("lose an attempt of", "running")
        return self._next(AttemptLost, by, attempt=self.attempt, error=error)

    def requeue(self, by: str) -> RunRequeued:
        """The run waits for its next attempt."""
        self._require("requeue", "queued")
        return self._next(RunRequeued, by, attempt=self.attempt + 1, priority=self.priority)

    def give_up_attempt(self, by: str, error: Failure) -> list[RunEvent]:
        """The attempt is lost: the run is tried again, or errored after too many of them."""
        if not self.may_lose_another:
            return [self.err(by, error=error)]
        lost = self.lose_attempt(by, error)
        return [lost, evolve(self, lost).requeue(by)]

    def change_priority(self, by: str, priority: int) -> PriorityChanged:
        """The run, or its next attempt, becomes more or less urgent."""
        self._require("change the priority of", "queued", "running")
        return self._next(PriorityChanged, by, priority=priority)

    def pass_step(self, by: str, **facts: Any) -> StepPassed:
        """A step of the running attempt passed."""
        self._require("pass a step of", "running")
        return self._next(StepPassed, by, attempt=self.attempt, **facts)

    def fail_step(self, by: str, **facts: Any) -> StepFailed:
        """A step of the running attempt failed."""
        self._require("fail a step of", "running")
        return self._next(StepFailed, by, attempt=self.attempt, **facts)

    def change_browser(self, by: str, browser: str, reason: str) -> BrowserChanged:
        """The running attempt begins again in another browser."""
        self._require("change the browser of", "running")
        return self._next(BrowserChanged, by, attempt=self.attempt, browser=browser, reason=reason)

    def pass_(self, by: str, **facts: Any) -> RunPassed:
        """Every step passed."""
        self._require("pass", "running")
        return self._next(
            RunPassed, by, attempt=self.attempt, flaky=self.failed_attempts > 0, **facts
        )

    def fail(self, by: str, **facts: Any) -> RunFailed:
        """The test failed, for good."""
        self._require("fail", "running")
        return self._next(RunFailed, by, attempt=self.attempt, **facts)

    def time_out(self, by: str, **facts: Any) -> RunTimedOut:
        """The attempt used up the run's time."""
        self._require("time out", "running")
        return self._next(RunTimedOut, by, attempt=self.attempt, **facts)

    def err(self, by: str, **facts: Any) -> RunErrored:
        """The machinery failed, for good."""
        self._require("end with an error", "running")
        return self._next(RunErrored, by, attempt=self.attempt, **facts)

    def cancel(self, by: str, reason: str = "cancelled on request") -> RunCancelled:
        """Nobody needs the run any more."""
        self._require("cancel", "queued", "running")
        error = Failure(kind="cancelled", message=reason)
        return self._next(RunCancelled, by, attempt=self.attempt, error=error)

    def _require(self, command: str, *allowed: Status) -> None:
        if self.status not in allowed:
            raise IllegalTransitionError(f"run {self.id}", f"{command} it", self.status)

    def _next(self, event: type[E], by: str, **facts: Any) -> E:
        return event(originator_id=self.id, originator_version=self.version + 1, by=by, **facts)


def request(
    run_id: UUID, by: str, definition: Definition, timeout: float, **facts: Any
) -> RunRequested:
    """The first event of a run; `timeout` in seconds is the one resolved by the server."""
    return RunRequested(
        originator_id=run_id,
        originator_version=1,
        by=by,
        definition=definition,
        timeout=timeout,
        **facts,
    )


def evolve(run: Run | None, event: RunEvent | UnknownEvent) -> Run:
    """The run after `event`, the next in its history (`run` is None before the first).

    What only a newer Proctor knows takes its version, and changes nothing but for a verdict: that
    one was given is clear from its name.
    """
    if run is None:
        return _requested(event)
    if event.originator_version != run.version + 1:
        raise ValueError(
            f"run {run.id} is at version {run.version}: "
            f"event {event.originator_version} does not follow"
        )
    return replace(run, version=event.originator_version, **_changes(run, event))


def _requested(event: RunEvent | UnknownEvent) -> Run:
    if not isinstance(event, RunRequested):
        raise TypeError(f"a run begins with RunRequested, not {event.topic}")
    return Run(
        id=event.originator_id,
        version=event.originator_version,
        definition=event.definition,
        timeout=event.timeout,
        priority=event.definition.priority,
        decisions=event.decisions or (),
        batch_id=event.batch_id,
        batch_budget=event.batch_budget,
    )


def _changes(run: Run, event: RunEvent | UnknownEvent) -> dict[str, Any]:
    match event:
        case RunStarted():
            return {
                "status": "running",
                "attempt": event.attempt,
                "executor": event.executor,
                "claimed_by": event.dispatch_id,
                "happenings": 0,
            }
        case StepEvent() | BrowserChanged():
            return {"happenings": run.happenings + 1}
        case AttemptFailed():
            return {
                "status": "queued",
                "executor": None,
                "failed_attempts": run.failed_attempts + 1,
            }
        case AttemptLost():
            # An executor that was told to stop is no sign of a run that kills executors.
            lost = run.lost_attempts + (event.error.kind != DRAINED)
            return {"status": "queued", "executor": None, "lost_attempts": lost}
        case RunRequeued():
            return {"asked_at_version": event.originator_version}
        case PriorityChanged() if run.status == "queued":
            return {"priority": event.priority, "asked_at_version": event.originator_version}
        case PriorityChanged():
            return {"priority": event.priority}
        case VerdictEvent():
            return {"status": VERDICTS[type(event)]}
        case UnknownEvent() if event.topic in VERDICT_TOPICS:
            return {"status": VERDICT_TOPICS[event.topic]}
        case _:
            return {}


def replay(events: Iterable[RunEvent | UnknownEvent]) -> Run | None:
    """The run that these events, in order, amount to; None if there are none."""
    run = None
    for event in events:
        run = evolve(run, event)
    return run
