"""Playing a recording: so many executors, each with one run at a time, and the real line."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from domain.line import Line
from projections.simulation.course import Course, Stay
from projections.simulation.recording import (
    SECOND,
    Cancelled,
    Paused,
    Reprioritised,
    Requested,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from domain.ageing import AgeingRule
    from domain.line import Entry
    from projections.simulation.priority_rules import PriorityRule
    from projections.simulation.recording import Attempt, Happening, RecordedRun, Recording


@dataclass(slots=True)
class _Run:
    """A run as it stands in the simulation."""

    recorded: RecordedRun
    priority: int
    nth: int = 0
    asks: int = 0
    place: Entry[_Ask] | None = None
    stay: Stay | None = None
    over: bool = False

    @property
    def attempt(self) -> Attempt:
        return self.recorded.attempts[self.nth]

    @property
    def waits(self) -> bool:
        return self.stay is None and not self.over


@dataclass(frozen=True, slots=True)
class _Ask:
    """A message that asks for a run; a later one of the same run supersedes it."""

    run: _Run
    number: int

    @property
    def valid(self) -> bool:
        return self.run.waits and self.number == self.run.asks


def play(recording: Recording, executors: int, rule: PriorityRule, ageing: AgeingRule) -> Course:
    """The course with so many executors, 1 or more."""
    return _Play(recording, executors, rule, ageing).course()


class _Play:
    """Time goes from one thing that is due to the next; of those due at once, the one that was
    known of first comes first, so that the same recording always plays the same."""

    def __init__(
        self, recording: Recording, executors: int, rule: PriorityRule, ageing: AgeingRule
    ) -> None:
        self._recording, self._executors = recording, executors
        self._rule, self._ageing = rule, ageing
        self._numbers = itertools.count()
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._now = 0
        self._line: Line[_Ask] = Line()
        self._runs: dict[UUID, _Run] = {}
        self._stays: list[Stay] = []
        self._free = executors
        self._paused = recording.paused

    def course(self) -> Course:
        """Plays until nothing is due any more."""
        self._set_up()
        self._give_out()
        while self._due:
            self._now = self._due[0][0]
            while self._due and self._due[0][0] == self._now:
                heapq.heappop(self._due)[2]()
            self._give_out()
        return Course(self._executors, self._stays)

    def _set_up(self) -> None:
        for happening in self._recording.happenings:
            self._at(happening.at, partial(self._happen, happening))
        standing = [run for run in self._recording.runs if run.standing is not None]
        for run in sorted(standing, key=self._place):
            self._stand(run)

    def _place(self, run: RecordedRun) -> int:
        standing = run.standing
        aged = self._rule.ages and standing is not None
        return standing.asked_position if standing and aged else run.requested_position

    def _stand(self, recorded: RecordedRun) -> None:
        standing = recorded.standing
        if standing is None:
            return
        run = self._runs[recorded.run_id] = _Run(
            recorded, standing.priority if self._rule.ages else standing.said
        )
        if standing.running:
            self._execute(run, recorded.attempts[0].started or 0)
        else:
            self._ask(run, standing.asked)

    def _at(self, moment: int, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (max(moment, self._now), next(self._numbers), action))

    def _happen(self, happening: Happening) -> None:
        match happening:
            case Requested(run=recorded):
                run = self._runs[recorded.run_id] = _Run(recorded, recorded.priority)
                self._ask(run, self._now)
            case Reprioritised(run=recorded, priority=priority):
                self._reprioritise(self._runs[recorded.run_id], priority)
            case Cancelled(run=recorded):
                self._cancel(self._runs[recorded.run_id])
            case Paused(on=on):
                self._paused = on

    # -- waiting ------------------------------------------------------------------------------

    def _ask(self, run: _Run, since: int) -> None:
        """Lets it wait behind its equals, whatever place it had."""
        run.asks += 1
        ask = _Ask(run, run.asks)
        self._line.put(ask, self._rule.urgency(run.priority, run.attempt.takes))
        raised = self._ageing.raised(run.priority) if self._rule.ages else None
        if raised is not None:
            due = since + round(self._ageing.interval * SECOND)
            self._at(due, partial(self._age, ask, raised))

    def _age(self, ask: _Ask, raised: int) -> None:
        if ask.valid:
            self._reprioritise(ask.run, raised)

    def _reprioritise(self, run: _Run, priority: int) -> None:
        run.priority = priority
        if self._rule.by_priority and run.waits:
            self._ask(run, self._now)

    def _cancel(self, run: _Run) -> None:
        if run.stay is not None:
            self._leave(run, run.stay)
        run.over = True

    # -- in execution -------------------------------------------------------------------------

    def _give_out(self) -> None:
        while self._free > 0 and not self._paused:
            place = self._line.take()
            if place is None:
                return
            if place.item.valid:
                place.item.run.place = place
                self._execute(place.item.run, self._now)

    def _execute(self, run: _Run, since: int) -> None:
        ends = since + run.attempt.takes
        stay = run.stay = Stay(run.recorded, run.attempt.number, since, ends)
        self._stays.append(stay)
        self._free -= 1
        self._at(ends, partial(self._end, run, stay))

    def _end(self, run: _Run, stay: Stay) -> None:
        if run.stay is not stay:
            return  # It was cancelled meanwhile.
        self._leave(run, stay)
        run.nth += 1
        if run.nth == len(run.recorded.attempts):
            run.over = True
        elif run.attempt.came_back and run.place is not None:
            self._line.put_back(run.place)
        else:
            self._ask(run, self._now)

    def _leave(self, run: _Run, stay: Stay) -> None:
        stay.ended, run.stay = self._now, None
        self._at(self._now + self._recording.handover, self._release)

    def _release(self) -> None:
        self._free += 1
