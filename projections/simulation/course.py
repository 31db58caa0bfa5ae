"""The course of a queue: which attempt was in execution from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projections.simulation.recording import RecordedRun, Recording


@dataclass(slots=True)
class Stay:
    """An attempt in execution, in microseconds from the beginning of the recording; one that was
    there already began before 0."""

    run: RecordedRun
    attempt: int
    began: int
    ended: int

    @property
    def key(self) -> tuple[object, int]:
        """What it is the execution of, in whichever course."""
        return self.run.run_id, self.attempt

    @property
    def starts(self) -> bool:
        """Whether it began in the course."""
        standing = self.run.standing
        return not (standing and standing.running and self.attempt == self.run.attempts[0].number)


@dataclass(frozen=True, slots=True)
class Course:
    """The stays in the order of their starts."""

    executors: int
    stays: list[Stay]


def happened(recording: Recording) -> Course:
    """What the log says. Executors that nobody needed are not in it: there were at least as many as
    runs in execution at once."""
    found = [
        (
            attempt.position,
            Stay(run, attempt.number, attempt.started, _end(attempt.ended, recording)),
        )
        for run in recording.runs
        for attempt in run.attempts
        if attempt.started is not None
    ]
    found.sort(key=lambda each: each[0])
    return Course(recording.most_at_once, [stay for _, stay in found])


def _end(ended: int | None, recording: Recording) -> int:
    return recording.end if ended is None else ended
