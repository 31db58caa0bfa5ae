"""Reading the log for a simulation: event by event, keeping little of each run.

What only a newer Proctor knows counts by its name, where that alone says that a run is over or the
queue paused, as everywhere (domain/run.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.ageing import BY as AGEING
from domain.run_events import (
    VERDICT_TOPICS,
    VERDICTS,
    AttemptFailed,
    AttemptLost,
    PriorityChanged,
    RunCancelled,
    RunRequested,
    RunRequeued,
    RunStarted,
)
from domain.run_queue import QueuePaused, QueueResumed
from projections.simulation.durations import set_durations
from projections.simulation.handovers import Handovers
from projections.simulation.recording import (
    SECOND,
    Attempt,
    Cancelled,
    Happening,
    Paused,
    RecordedRun,
    Recording,
    Reprioritised,
    Requested,
    Standing,
)
from projections.simulation.refusals import NoRunsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from domain.event import Event
    from domain.log import Recorded
    from projections.simulation.span import Span

_KINDS: tuple[type[Event], ...] = (
    RunRequested, RunStarted, AttemptFailed, AttemptLost, RunRequeued, PriorityChanged,
    *VERDICTS, QueuePaused, QueueResumed,
)  # fmt: skip
TOPICS = tuple(kind.TOPIC for kind in _KINDS)
"""All that a queue's course depends on."""

_STEERING = {QueuePaused.TOPIC: True, QueueResumed.TOPIC: False}


@dataclass(slots=True)
class _Open:
    """A run that is not over, where the reading is."""

    run: RecordedRun
    priority: int
    said: int
    asked: int
    asked_position: int
    executor: str | None = None
    attempt: int = 0
    lost: bool = False
    """Its attempt ended, and nobody has asked for another yet."""


class Reading:
    """What was read so far. Told every event of `TOPICS` from the span's first on, in order."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._open: dict[UUID, _Open] = {}
        self._runs: list[RecordedRun] = []
        self._happenings: list[Happening] = []
        self._handovers = Handovers()
        self._running = self._most_at_once = 0
        self._paused = span.paused
        self._began = False
        self._end = self._position = 0

    @property
    def complete(self) -> bool:
        """Whether nothing that may follow matters."""
        behind = self._position >= self._span.ends
        return behind and not self._open and not self._paused

    @property
    def runs(self) -> int:
        """How many there are to simulate."""
        return len(self._runs)

    def take(self, recorded: Recorded) -> None:
        """The next event."""
        if not self._began and recorded.position > self._span.begins:
            self._begin()
        self._position, event = recorded.position, recorded.event
        if self._began:
            self._end = max(self._end, self._time(event.at))
        match event:
            case RunRequested():
                self._request(recorded.position, event)
            case _ if event.topic in _STEERING and self._began:
                self._pause(event)
            case _ if (found := self._open.get(event.originator_id)) is not None:
                self._follow(found, recorded.position, event)

    def finish(self) -> Recording:
        """The recording. Raises NoRunsError, NothingToGoByError."""
        if not self._began:
            self._begin()
        if not self._runs:
            raise NoRunsError(self._span)
        for found in self._open.values():
            if found.executor is None:
                found.run.attempts.append(Attempt(found.attempt + 1))
        _straighten(self._happenings)
        return Recording(
            self._runs, self._happenings, self._span.paused, self._end, self._position,
            self._most_at_once, self._handovers.typical(), set_durations(self._runs, self._end),
        )  # fmt: skip

    def _time(self, at: datetime) -> int:
        passed = at - self._span.since
        return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds

    def _begin(self) -> None:
        """Here the stretch begins: what is open stands somewhere."""
        self._began = True
        for found in self._open.values():
            running = found.executor is not None
            found.run.attempts = found.run.attempts[-1:] if running else []
            found.run.standing = Standing(
                running, found.priority, found.said, found.asked, found.asked_position
            )
            self._runs.append(found.run)
            self._running += running
        self._most_at_once = self._running

    def _waiting(self) -> int:
        return len(self._open) - self._running

    def _request(self, position: int, event: RunRequested) -> None:
        definition = event.definition
        if definition.pool != self._span.pool or position > self._span.ends:
            return
        priority, at = definition.priority, self._time(event.at)
        kind = str(event.test_id or definition.name)
        run = RecordedRun(event.originator_id, kind, priority, at, position)
        self._open[run.run_id] = _Open(run, priority, priority, at, position)
        if self._began:
            self._runs.append(run)
            self._happenings.append(Requested(at, run))

    def _pause(self, event: Event) -> None:
        self._paused = _STEERING[event.topic]
        self._happenings.append(Paused(self._time(event.at), self._paused))
        self._handovers.nothing_to_do()

    def _follow(self, found: _Open, position: int, event: Event) -> None:
        at = self._time(event.at)
        match event:
            case RunStarted():
                self._start(found, Attempt(event.attempt, at, position, found.lost), event.executor)
            case AttemptFailed() | AttemptLost():
                if found.executor is not None:  # Else its start was a newer Proctor's.
                    self._end_attempt(found, at, whole=True, lost=isinstance(event, AttemptLost))
                found.lost, found.asked, found.asked_position = True, at, position
            case RunRequeued():
                found.lost, found.asked, found.asked_position = False, at, position
            case PriorityChanged():
                self._reprioritise(found, at, position, event)
            case _ if event.topic in VERDICT_TOPICS:
                self._close(found, at, cancelled=event.topic == RunCancelled.TOPIC)

    def _start(self, found: _Open, attempt: Attempt, executor: str) -> None:
        found.run.attempts.append(attempt)
        found.executor, found.attempt, found.lost = executor, attempt.number, False
        if self._began and attempt.started is not None:
            self._running += 1
            self._most_at_once = max(self._most_at_once, self._running)
            self._handovers.started(executor, attempt.started)
            if self._waiting() == 0:
                self._handovers.nothing_to_do()

    def _end_attempt(self, found: _Open, at: int, *, whole: bool, lost: bool = False) -> None:
        attempt = found.run.attempts[-1]
        attempt.ended, attempt.whole = at, whole
        if self._began:
            self._running -= 1
            if found.executor is not None and not lost and self._waiting() > 1:
                self._handovers.ended(found.executor, at)
        found.executor = None

    def _reprioritise(self, found: _Open, at: int, position: int, event: PriorityChanged) -> None:
        found.priority = event.priority
        if found.executor is None:
            found.asked, found.asked_position = at, position
        if event.by == AGEING:
            return  # The simulation lets runs age by itself.
        found.said = event.priority
        if self._began:
            self._happenings.append(Reprioritised(at, found.run, event.priority))

    def _close(self, found: _Open, at: int, *, cancelled: bool) -> None:
        if found.executor is not None:
            self._end_attempt(found, at, whole=not cancelled)
        elif self._began:
            found.run.attempts.append(Attempt(found.attempt + 1))
        if cancelled and self._began:
            self._happenings.append(Cancelled(at, found.run))
        del self._open[found.run.run_id]


def _straighten(happenings: Iterable[Happening]) -> None:
    """Makes times follow the log's order, whatever their clocks said: what is in the log before
    something had happened by then, as everywhere when the past is looked at (past/stretch.py)."""
    soonest: int | None = None
    for happening in reversed(list(happenings)):
        soonest = happening.at if soonest is None else min(soonest, happening.at)
        happening.at = max(0, soonest)
