"""A past for a server that has none: as if the shop's suite had been run for two weeks.

What is written are the events that executors would have written, at the times they would have had.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from domain.run import evolve, request
from domain.run_events import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.definition import Definition
    from domain.log import EventLog
    from domain.run import Run
    from domain.run_events import RunEvent

EXECUTORS = 5
DAYS = 14
EVERY = timedelta(hours=8)
MINUTES = 60
NOW = 1
"""Minutes that are left for what happens now."""

AT_ONCE = 500

TROUBLES = {
    "Search as you type": (
        0.16,
        "expected test id \"found\" to contain '1 product' within 10 s; found '9 products'",
    ),
    "A menu opens under the mouse": (
        0.08,
        'no element fits link "Tea table" within 10 s',
    ),
    "Sort and filter the shelves": (
        0.05,
        "expected the page to contain '8 products' within 10 s; found '9 products'",
    ),
    "Redeem a voucher": (
        0.05,
        "expected test id \"cart-total\" to contain 'Total: $30' within 10 s; found 'Total: $35'",
    ),
    "Wait for a slow page": (0.03, "the page did not answer within 20 s"),
}
"""By the name of a test: how often it fails, and what is said then."""

UNSTEADY = ("An unreliable service works when tried again", 0.4)
"""A test that passes when it is tried again, and how often it has to be."""


@dataclass
class Course:
    """One run as it goes on."""

    run: Run
    at: datetime
    events: list[RunEvent]

    def then(self, event: RunEvent, seconds: float = 0.0) -> None:
        self.at += timedelta(seconds=seconds)
        self.events.append(event.model_copy(update={"at": self.at}))
        self.run = evolve(self.run, event)


@dataclass
class Past:
    """Two weeks in which the tests ran three times a day, and an hour in which people worked."""

    tests: Sequence[Definition]
    chance: Random = field(default_factory=lambda: Random(7))
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def write(self, log: EventLog) -> None:
        events = sorted(self._events(), key=lambda event: (event.at, event.originator_version))
        for first in range(0, len(events), AT_ONCE):
            log.append(*events[first : first + AT_ONCE])

    def _events(self) -> Iterator[RunEvent]:
        day = self.now - timedelta(days=DAYS)
        while day < self.now - timedelta(hours=2):
            yield from self._batch(day, self.tests)
            day += EVERY
        for minute in range(MINUTES, NOW, -1):
            some = self.chance.sample(self.tests, self.chance.choice((4, 6, 9, 12, 16, 23)))
            yield from self._batch(self.now - timedelta(minutes=minute), some)

    def _batch(self, at: datetime, tests: Sequence[Definition]) -> Iterator[RunEvent]:
        """Its runs, the most urgent first, one at a time on each executor."""
        batch, free = self._id(), [at] * EXECUTORS
        for test in sorted(tests, key=lambda test: test.priority):
            executor = free.index(min(free))
            course = self._run(test, batch, at, free[executor], f"executor-{executor + 1}")
            free[executor] = course.at
            yield from course.events

    def _run(
        self, test: Definition, batch: UUID, at: datetime, start: datetime, executor: str
    ) -> Course:
        asked = request(self._id(), "key:ci", test, test.timeout or 60.0, batch_id=batch)
        course = Course(evolve(None, asked), at, [asked.model_copy(update={"at": at})])
        course.at = max(start, at + timedelta(seconds=0.02))
        if test.name == UNSTEADY[0] and self.chance.random() < UNSTEADY[1]:
            self._attempt(course, executor, "no element has the text 'Welcome back' within 1 s")
            course.then(course.run.requeue("dispatcher"))
        often, said = TROUBLES.get(test.name, (0.0, ""))
        self._attempt(course, executor, said if self.chance.random() < often else "")
        return course

    def _attempt(self, course: Course, executor: str, trouble: str) -> None:
        course.then(course.run.start(executor, course.run.dispatch_id))
        steps = course.run.definition.steps[: -1 if trouble else None]
        took = 0.0
        for index, step in enumerate(steps):
            seconds = self.chance.lognormvariate(-1.7, 0.4)
            facts = {"index": index, "step": str(step), "started": took, "duration": seconds}
            course.then(course.run.pass_step(executor, **facts), seconds)
            took += seconds
        if not trouble:
            course.then(course.run.pass_(executor, duration=took))
            return
        error = Failure(kind="expectation", message=trouble, step=len(steps))
        again = course.run.may_retry
        end = course.run.fail_attempt if again else course.run.fail
        course.then(end(executor, duration=took + 1.0, error=error), 1.0)

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)
