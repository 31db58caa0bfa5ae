"""One peer's result, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

NOTHING = "not measured: "


class NotMeasuredError(Exception):
    """A peer could not be installed or did not finish; the message says what was missing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one peer did.

    `per_second` is tasks or tests a second without the start-up, None where it was not measured
    and `reason` says why. `seconds` is the whole command, start-up included. `unexpected` names
    the tests that ended other than their suite expects.
    """

    peer: str
    per_second: float | None = None
    workers: int = 0
    setting: str = ""
    seconds: float | None = None
    unexpected: tuple[str, ...] = ()
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.per_second:.2f}" if self.per_second is not None else NOTHING + self.reason


def fastest(figures: Iterable[Figure]) -> Figure:
    """The one with the highest rate: a peer is quoted at its best setting."""
    return max(figures, key=lambda figure: figure.per_second or 0)


def steady_rate(finished: Iterable[datetime], warm: int) -> float:
    """Tasks a second from the end of the `warm`-th task to the end of the last.

    What the first `warm` tasks take is start-up: processes being forked, connections opened.
    """
    counted = list(islice(sorted(finished), warm - 1, None))
    return (len(counted) - 1) / (counted[-1] - counted[0]).total_seconds()
