"""What a simulation is made of: a stretch of the log, as far as it is about one pool's queue.

All times are whole microseconds from the moment the stretch begins at, so that sums are exact;
what was before it is negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

SECOND = 1_000_000


@dataclass(slots=True)
class Attempt:
    """One attempt of a run. One that the log knows no start of is there for those who would have
    started it."""

    number: int
    started: int | None = None
    position: int = 0
    """Of its start, in the log."""

    came_back: bool = False
    """Nobody asked for it: the broker gave the lost attempt's message out again."""

    ended: int | None = None
    whole: bool = False
    """It came to its own end, and nobody cancelled it before."""

    takes: int = 0
    """How long it is simulated to take."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an open run stood at the beginning: `priority` with ageing, `said` without."""

    running: bool
    priority: int
    said: int
    asked: int
    asked_position: int


@dataclass(slots=True)
class RecordedRun:
    """A run that was open at the beginning or was asked for in the stretch.

    Runs of one `kind` take about as long; `priority` is what it was asked for with. `attempts` are
    those that ran at the beginning or were still to come.
    """

    run_id: UUID
    kind: str
    priority: int
    requested: int
    requested_position: int
    standing: Standing | None = None
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(slots=True)
class Requested:
    """A run was asked for."""

    at: int
    run: RecordedRun


@dataclass(slots=True)
class Reprioritised:
    """A person made a run more or less urgent."""

    at: int
    run: RecordedRun
    priority: int


@dataclass(slots=True)
class Cancelled:
    """A run was cancelled."""

    at: int
    run: RecordedRun


@dataclass(slots=True)
class Paused:
    """The queue was paused or, with `on` false, resumed."""

    at: int
    on: bool


Happening = Requested | Reprioritised | Cancelled | Paused
"""What comes from outside: it happens in every simulation, and at the same time."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The stretch. `end` is the latest moment it knows of, `most_at_once` how many runs were in
    execution together at most, `handover` the time an executor took from a run's end to the next
    one's start while others waited."""

    runs: list[RecordedRun]
    happenings: list[Happening]
    paused: bool
    end: int
    position: int
    most_at_once: int
    handover: int
    estimated: int
    """Attempts whose time had to be estimated."""
