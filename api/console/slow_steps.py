"""The steps of a test that take longest, by what the events of its last runs say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from api.console.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg.rows import DictRow

    from domain.log import EventLog

_RUNS = 12
_STEPS = 1_500
"""Their histories are read to look at them, so there is an end to it."""

_MOST = 8


@dataclass(frozen=True, slots=True)
class SlowStep:
    """A step by its place and text; `usual` is the median, `longest` the most, in seconds."""

    index: int
    text: str
    usual: float
    longest: float


def slow_steps(log: EventLog, runs: Sequence[DictRow]) -> tuple[list[SlowStep], int]:
    """The slowest, and of how many runs; `runs` come the newest first."""
    looked_at = list(_few(runs))
    times: dict[tuple[int, str], list[float]] = defaultdict(list)
    for run in looked_at:
        for index, text, seconds in _times(log, run):
            times[index, text].append(seconds)
    usual = {step: median(seconds) for step, seconds in times.items()}
    slowest = sorted(usual, key=lambda step: -usual[step])[:_MOST]
    return [SlowStep(*step, usual[step], max(times[step])) for step in slowest], len(looked_at)


def _few(runs: Sequence[DictRow]) -> Iterator[DictRow]:
    left = _STEPS
    for run in runs[:_RUNS]:
        left -= run["steps_total"] * max(run["attempt"], 1)
        if left < 0:
            return
        yield run


def _times(log: EventLog, run: DictRow) -> Iterator[tuple[int, str, float]]:
    """Of the last attempt's steps."""
    story = Story.of(log.history(run["id"]))
    attempt = story.attempt(None) if story is not None else None
    for step in attempt.steps if attempt is not None else ():
        if step.duration is not None:
            yield step.index, step.text, step.duration
