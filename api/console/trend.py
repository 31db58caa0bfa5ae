"""How long a test's runs took, one after the other: bars in the colour of their verdict."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from api.console.charts import Shape
from api.console.wording import count, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.rows import DictRow

HEIGHT = 30
_BAR = 0.76
_HAIR = 0.5
_FEWEST = 24
"""Places in the picture: a few bars do not fill it."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A picture of `width` by 30 units, a unit a run; `middle` is the path of the median, and
    `said` tells those who do not see it."""

    width: int
    shapes: Sequence[Shape]
    middle: str
    said: str
    longest: str


def trend(runs: Sequence[DictRow]) -> Trend | None:
    """Of runs that come the oldest first; None where none took any time."""
    took = [(run["status"], run["duration"]) for run in runs if run["duration"] is not None]
    longest = max((seconds for _, seconds in took), default=0.0)
    if not longest:
        return None
    width, middle = max(len(took), _FEWEST), median(seconds for _, seconds in took)
    said = (
        f"how long the last {count(len(took), 'run')} took, the oldest first: {duration(middle)} in"
        f" the middle, {duration(longest)} at most, {duration(took[-1][1])} the last"
    )
    at = HEIGHT - HEIGHT * middle / longest
    return Trend(width, _shapes(took, longest), f"M0 {at:.4g}H{width}", said, duration(longest))


def _shapes(took: Sequence[tuple[str, float]], longest: float) -> list[Shape]:
    paths: dict[str, str] = {}
    for place, (status, seconds) in enumerate(took):
        height = max(HEIGHT * seconds / longest, _HAIR)
        bar = f"M{place} {HEIGHT}v-{height:.4g}h{_BAR}v{height:.4g}z"
        paths[status] = paths.get(status, "") + bar
    return [Shape(status, path) for status, path in paths.items()]
