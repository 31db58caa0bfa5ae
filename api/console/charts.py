"""Small charts of an hour, drawn here: shapes in a picture of 60 by 24 units, a unit a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.console.wording import count, duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.console.last_hour import Minute

HEIGHT = 24
_NOTHING = "—"
_BAR = 0.72
_HAIR = 1.2
"""Units: what is there shows, however little it is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One path of a picture; `kind` is the class that colours it."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure and how it came about; `said` tells those who do not see the picture."""

    title: str
    figure: str
    said: str
    top: str
    shapes: tuple[Shape, ...]


def charts(minutes: Sequence[Minute]) -> list[Chart]:
    """Throughput, waiting time and pass rate."""
    return [_throughput(minutes), _waiting(minutes), _passing(minutes)]


def _throughput(minutes: Sequence[Minute]) -> Chart:
    total, most = sum(minute.verdicts for minute in minutes), max(m.verdicts for m in minutes)
    others = [(minute.passed, minute.verdicts) for minute in minutes]
    return Chart(
        "Finished",
        f"{total:,}",
        f"{count(total, 'run')} finished in the last hour, at most {most} in a minute",
        f"{most} / min" if most else "",
        (
            Shape("passed", _bars(((0, minute.passed) for minute in minutes), most)),
            Shape("other", _bars(others, most)),
        ),
    )


def _waiting(minutes: Sequence[Minute]) -> Chart:
    started = sum(minute.started for minute in minutes)
    mean = sum(minute.waited for minute in minutes) / started if started else None
    each = [minute.waited / minute.started if minute.started else 0.0 for minute in minutes]
    said = f"runs waited {duration(mean)} on average" if started else "no run has started"
    return Chart(
        "Waited",
        duration(mean) or _NOTHING,
        f"in the last hour {said}",
        duration(max(each)) if started else "",
        (Shape("waited", _bars(((0, seconds) for seconds in each), max(each))),),
    )


def _passing(minutes: Sequence[Minute]) -> Chart:
    judged = sum(minute.judged for minute in minutes)
    passed = sum(minute.passed for minute in minutes)
    shares = [minute.passed / minute.judged if minute.judged else None for minute in minutes]
    figure = f"{100 * passed / judged:.0f} %" if judged else _NOTHING
    return Chart(
        "Passed",
        figure,
        f"{passed:,} of {count(judged, 'run')} passed in the last hour",
        "100 %" if judged else "",
        (
            Shape("passed", _bars(((0, share or 0) for share in shares), 1)),
            Shape("other", _bars(((s, 1) if s is not None else (0, 0) for s in shares), 1)),
        ),
    )


def _bars(spans: Iterable[tuple[float, float]], most: float) -> str:
    """One bar a minute, each from one value to another, where `most` is as high as it goes."""
    drawn = []
    for minute, (low, high) in enumerate(spans):
        if high > low:
            height = max(HEIGHT * (high - low) / most, _HAIR)
            foot = HEIGHT - HEIGHT * low / most
            drawn.append(f"M{minute} {foot:.4g}v-{height:.4g}h{_BAR}v{height:.4g}z")
    return "".join(drawn)
