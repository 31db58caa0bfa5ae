"""Bars in time: a run's waits and attempts one after the other, and the steps within an attempt.

Drawn here as parts of a thousand, because a page may have no styles of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.console.wording import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from api.console.story import Attempt, Step, Story

WHOLE = 1_000
_HAIR = 3
"""What took no time at all is still to be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """From `start` on, `length` long; `kind` is a status, or `waited`."""

    start: int
    length: int
    kind: str
    said: str
    attempt: int | None = None


def of_run(story: Story, until: datetime) -> list[Bar]:
    """The run from its request to its end, or `until` now."""
    began = story.asked.at
    ended = story.verdict.at if story.verdict is not None else until
    whole = max((ended - began).total_seconds(), 0.001)
    bars = []
    for kind, since, to, attempt in _stretches(story, ended):
        start, seconds = (since - began).total_seconds(), max(0.0, (to - since).total_seconds())
        said = f"attempt {attempt}: {kind.replace('_', ' ')}" if attempt else "waited"
        at, length = _place(start, seconds, whole)
        bars.append(Bar(at, length, kind, f"{said}, {duration(seconds)}", attempt))
    return bars


def _stretches(
    story: Story, ended: datetime
) -> Iterator[tuple[str, datetime, datetime, int | None]]:
    waiting_since: datetime | None = story.asked.at
    for attempt in story.attempts:
        if waiting_since is not None:
            yield "waited", waiting_since, attempt.began, None
        yield attempt.state, attempt.began, attempt.ended or ended, attempt.number
        waiting_since = attempt.ended
    if waiting_since is not None and waiting_since < ended:
        yield "waited", waiting_since, ended, None


def of_steps(attempt: Attempt, steps: Sequence[Step], until: datetime) -> list[Bar | None]:
    """A bar for each step, within its attempt; None for one that it has not come to."""
    whole = attempt.duration or ((attempt.ended or until) - attempt.began).total_seconds()
    last = max((_end(step) for step in steps), default=0.0)
    whole = max(whole, last, 0.001)
    return [_of_step(step, last, whole) for step in steps]


def _of_step(step: Step, last: float, whole: float) -> Bar | None:
    if step.state == "running":
        return Bar(*_place(last, whole - last, whole), step.state, "in progress")
    if step.started is None or step.duration is None:
        return None
    said = f"after {duration(step.started)}, for {duration(step.duration)}"
    return Bar(*_place(step.started, step.duration, whole), step.state, said)


def _end(step: Step) -> float:
    return (step.started or 0.0) + (step.duration or 0.0)


def _place(start: float, seconds: float, whole: float) -> tuple[int, int]:
    """Where it begins, and how long it is, in parts of a thousand."""
    length = min(max(round(WHOLE * seconds / whole), _HAIR), WHOLE)
    return min(max(round(WHOLE * start / whole), 0), WHOLE - length), length
