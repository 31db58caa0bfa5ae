"""How long attempts take that did not come to their own end while somebody wrote it down."""

from __future__ import annotations

from collections import defaultdict
from statistics import median_low
from typing import TYPE_CHECKING

from projections.simulation.refusals import NothingToGoByError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projections.simulation.recording import Attempt, RecordedRun


def set_durations(runs: Iterable[RecordedRun], end: int) -> int:
    """Sets what each attempt takes; returns how many had to be estimated.

    An attempt that ended by itself takes what it took. One that was cancelled, is still running at
    `end` or never began takes the median of its test's others, of all if there are none, and at
    least what it had taken so far. Raises NothingToGoByError.
    """
    runs = list(runs)
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for run in runs:
        by_kind[run.kind] += [_took(attempt, end) for attempt in run.attempts if attempt.whole]
    typical = {kind: median_low(took) for kind, took in by_kind.items() if took}
    if not typical:
        raise NothingToGoByError
    overall = median_low([one for took in by_kind.values() for one in took])
    estimated = 0
    for run in runs:
        for attempt in run.attempts:
            attempt.takes = _took(attempt, end)
            if not attempt.whole:
                attempt.takes = max(attempt.takes, typical.get(run.kind, overall))
                estimated += 1
    return estimated


def _took(attempt: Attempt, end: int) -> int:
    if attempt.started is None:
        return 0
    return max(0, (end if attempt.ended is None else attempt.ended) - attempt.started)
