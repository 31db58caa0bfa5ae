"""What a course comes to, in figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from projections.simulation.recording import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.simulation.course import Course
    from projections.simulation.recording import RecordedRun, Recording


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times in seconds; None where nobody waited. Half of them are at most `p50`."""

    count: int
    p50: float | None
    p95: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A run's waiting time is that from being asked for to its first start, as everywhere, and
    counts if the start is in the course; `by_priority` is the priority it was asked for with.

    `never_started` are runs that were cancelled first, or still wait. `makespan_seconds` is from
    the course's beginning to the last end, `busy_share` the part that executors spent on runs.
    """

    executors: int
    waiting_seconds: Waits
    by_priority: dict[int, Waits]
    never_started: int
    busy_share: float
    makespan_seconds: float


def figures(course: Course, recording: Recording) -> Figures:
    """The figures of a course of the recording."""
    first = {stay.run.run_id: stay for stay in course.stays if stay.starts and stay.attempt == 1}
    waited: defaultdict[int, list[int]] = defaultdict(list)
    for stay in first.values():
        waited[stay.run.priority].append(max(0, stay.began - stay.run.requested))
    expected = sum(map(_is_to_start, recording.runs))
    makespan = max((stay.ended for stay in course.stays), default=0)
    busy = sum(max(0, stay.ended - max(0, stay.began)) for stay in course.stays)
    available = course.executors * makespan
    return Figures(
        executors=course.executors,
        waiting_seconds=_waits([wait for waits in waited.values() for wait in waits]),
        by_priority={priority: _waits(waited[priority]) for priority in sorted(waited)},
        never_started=expected - len(first),
        busy_share=busy / available if available > 0 else 0.0,
        makespan_seconds=makespan / SECOND,
    )


def _is_to_start(run: RecordedRun) -> bool:
    """Whether it had not started before the course began."""
    standing = run.standing
    return run.attempts[0].number == 1 and not (standing and standing.running)


def _waits(waits: Sequence[int]) -> Waits:
    if not waits:
        return Waits(0, None, None, None)
    ranked = sorted(waits)
    return Waits(len(ranked), _rank(ranked, 50), _rank(ranked, 95), ranked[-1] / SECOND)


def _rank(ranked: Sequence[int], percent: int) -> float:
    """By nearest rank: a waiting time that was one."""
    return ranked[ceil(len(ranked) * percent / 100) - 1] / SECOND
