"""Whether a series grows: the Theil-Sen slope, which single outliers do not move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_Z = 2.576
"""Of the normal distribution, for 99 % both sides: seven figures are judged at a time."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Growth per second: the median of all pairs' slopes, and what it is at least."""

    slope: float
    at_least: float


def theil_sen(times: Sequence[float], values: Sequence[float]) -> Trend:
    """The trend of at least three samples.

    The lower bound is the pairs' slope at the rank that Kendall's S falls short of in one case of
    two hundred if there is no trend.
    """
    pairs = combinations(zip(times, values, strict=True), 2)
    slopes = sorted((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairs)
    number = len(times)
    deviation = math.sqrt(number * (number - 1) * (2 * number + 5) / 18)
    rank = max(0, math.floor((len(slopes) - _Z * deviation) / 2))
    return Trend(median(slopes), slopes[rank])
