"""The judge: reads every commit, and knows the life of a run without asking the code under test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.run import DRAINED
from domain.run_events import (
    AttemptFailed,
    AttemptLost,
    PriorityChanged,
    RunErrored,
    RunEvent,
    RunPassed,
    RunRequested,
    RunRequeued,
    RunStarted,
    RunTimedOut,
    StepEvent,
    VerdictEvent,
)
from tests.simulation.course import Course

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from tests.simulation.course import Author
    from tests.simulation.stepping import Clock

MOST_LOST = 3


@dataclass
class Judge:
    """Collects what must not happen in `findings`; `calm` until the first fault."""

    clock: Clock
    calm: bool = True
    courses: dict[UUID, Course] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    _noted: list[tuple[Author, Any, float]] = field(default_factory=list)

    def note(self, author: Any, events: Sequence[Any]) -> None:
        """One commit."""
        for event in events:
            self._noted.append((author, event, self.clock.now))
            self._apply(author, event, self.clock.now)
        for event in events:
            course = self.courses.get(event.originator_id)
            if course is not None and course.state == "between":
                self.findings.append(f"{event.TOPIC} leaves its run neither waiting nor running")

    def forget(self, after: int) -> None:
        """The database has: everything is judged anew up to there."""
        kept = self._noted[:after]
        self._noted, self.courses = [], {}
        for author, event, at in kept:
            self._noted.append((author, event, at))
            self._apply(author, event, at)

    def running(self) -> list[Course]:
        """Those that are, as the log has it."""
        return [course for course in self.courses.values() if course.state == "running"]

    def _apply(self, author: Author, event: Any, at: float) -> None:
        if isinstance(event, RunRequested):
            wanted = event.definition
            self._require(event.originator_id not in self.courses, event, "a run begins once")
            self.courses[event.originator_id] = Course(
                event.originator_id, wanted.retries, wanted.priority, asked_at=len(self._noted)
            )
        elif isinstance(event, RunEvent):
            course = self.courses[event.originator_id]
            self._require(event.originator_version == course.version + 1, event, "a gap")
            self._require(course.state != "over", event, f"after {course.verdict}")
            course.version = event.originator_version
            self._move(course, author, event, at)

    def _move(self, course: Course, author: Author, event: RunEvent, at: float) -> None:
        match event:
            case RunStarted():
                self._start(course, author, event, at)
            case StepEvent():
                self._own(course, author, event, event.attempt)
                self._require(event.index == course.steps, event, f"step {course.steps} is next")
                course.steps += 1
            case AttemptFailed():
                self._own(course, author, event, event.attempt)
                course.state, course.failed = "between", course.failed + 1
                self._require(course.failed <= course.retries, event, "no retries were left")
            case AttemptLost():
                self._lose(course, event)
            case RunRequeued():
                self._require(course.state == "between", event, f"it was {course.state}")
                course.state = "queued"
                self._ask(course, event)
            case PriorityChanged():
                course.priority = event.priority
                if course.state == "queued":
                    self._ask(course, event)
            case VerdictEvent():
                self._end(course, author, event, at)

    def _ask(self, course: Course, event: RunEvent) -> None:
        course.asked, course.asked_at = event.originator_version, len(self._noted)

    def _start(self, course: Course, author: Author, event: RunStarted, at: float) -> None:
        taken_over = course.state == "between"
        self._require(course.state in {"queued", "between"}, event, f"it was {course.state}")
        expected = course.claimed_by if taken_over else course.dispatch_id
        self._require(event.dispatch_id == expected, event, f"{expected} was asked for")
        self._require(event.attempt == course.attempt + 1, event, "attempts follow each other")
        most = 1 + course.retries + (MOST_LOST - 1) + course.given_back
        self._require(event.attempt <= most, event, f"attempt {event.attempt} of {most}")
        course.state, course.attempt, course.steps = "running", event.attempt, 0
        course.starter, course.claimed_by, course.started_at = author, event.dispatch_id, at

    def _lose(self, course: Course, event: AttemptLost) -> None:
        drained = event.error.kind == DRAINED
        self._require(course.state == "running", event, f"it was {course.state}")
        self._require(event.attempt == course.attempt, event, "not the running attempt")
        self._require(drained or not self.calm, event, "and there was no fault")
        course.state = "between"
        course.given_back += drained
        course.lost += not drained
        self._require(course.lost < MOST_LOST, event, f"{course.lost} lost attempts")

    def _end(self, course: Course, author: Author, event: VerdictEvent, at: float) -> None:
        self._require(event.attempt == course.attempt, event, "not the running attempt")
        if event.TOPIC != "RunCancelled":
            self._own(course, author, event, event.attempt)
        if isinstance(event, RunPassed):
            self._require(event.flaky == (course.failed > 0), event, "flaky or not")
        if isinstance(event, RunErrored):
            self._require(not self.calm, event, "and there was no fault")
        if isinstance(event, RunTimedOut) and author.role != "executor":
            self._require(not self.calm, event, "in an executor's stead, without a fault")
        course.state, course.verdict, course.over_since = "over", event.TOPIC, at

    def _own(self, course: Course, author: Author, event: RunEvent, attempt: int) -> None:
        """Only who started the attempt records it; only the timekeeper, or who takes it over, ends
        it in its stead."""
        self._require(course.state == "running", event, f"it was {course.state}")
        self._require(attempt == course.attempt, event, f"attempt {course.attempt} is running")
        in_its_stead = isinstance(event, RunErrored) or author.role == "dispatcher"
        self._require(
            in_its_stead or author is course.starter, event, "by an attempt that was fenced"
        )

    def _require(self, holds: bool, event: RunEvent, otherwise: str) -> None:
        if not holds:
            self.findings.append(
                f"{event.TOPIC} at version {event.originator_version}, by {event.by}: {otherwise}"
            )
