"""What may grow by how much, and what did."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from tests.soak.trend import theil_sen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.soak.sampling import Sample

FEWEST = 10
"""Samples in the second half: with fewer a trend cannot be told from chance."""


@dataclass(frozen=True, slots=True)
class Limit:
    """By how much a figure may grow in the second half of a soak, beyond all doubt."""

    figure: str
    unit: str
    absolute: float
    relative: float = 0.0
    judged: bool = True


LIMITS = (
    # Python's and the driver's heaps creep while their pools fill; 3 % of half a gigabyte in 2,500
    # runs are 6 KB a run, which no day of work would notice.
    Limit("own_memory", "MB", 10, 0.03),
    # Browsers are thrown away after some runs, so that their memory is a saw: its teeth are 10 %.
    Limit("browser_memory", "MB", 30, 0.10),
    # It fills its buffers until they are full, which is what they are for: shown, not judged.
    Limit("database_memory", "MB", 0, judged=False),
    # A browser more or less at the moment of a sample is five processes and their files.
    Limit("processes", "", 5),
    Limit("descriptors", "", 50, 0.03),
    # A follower that keeps up has next to none; a batch is some hundred events.
    Limit("views_lag", "events", 50),
    Limit("relay_lag", "events", 50),
    Limit("connections", "", 2),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One series, and its growth in the second half: most likely, at least, and allowed."""

    name: str
    unit: str
    first: float
    last: float
    highest: float
    growth: float
    at_least: float
    allowed: float | None

    @property
    def grows(self) -> bool:
        """Whether it did, beyond what is allowed and beyond chance."""
        return self.allowed is not None and self.at_least > self.allowed


def judged(samples: Sequence[Sample]) -> list[Figure]:
    """Every figure. The first half is left out: there everything is still warming up.

    Raises ValueError if there are too few samples to tell.
    """
    late = samples[len(samples) // 2 :]
    if len(late) < FEWEST:
        raise ValueError(f"{len(samples)} samples are too few: soak for longer, or sample oftener")
    return [_figure(limit, samples, late) for limit in LIMITS]


def _figure(limit: Limit, samples: Sequence[Sample], late: Sequence[Sample]) -> Figure:
    values = [float(getattr(sample, limit.figure)) for sample in samples]
    half = values[-len(late) :]
    trend = theil_sen([sample.seconds for sample in late], half)
    length = late[-1].seconds - late[0].seconds
    allowed = max(limit.absolute, limit.relative * median(half)) if limit.judged else None
    return Figure(
        limit.figure, limit.unit, values[0], values[-1], max(values),
        trend.slope * length, trend.at_least * length, allowed,
    )  # fmt: skip
