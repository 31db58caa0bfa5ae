"""Where in the log a simulation begins and ends, and reading it there.

It is read from the first event of the oldest run that was open when the span begins: what is behind
it in the log tells how each open run stood, and the rest of the log need not be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projections.simulation.reading import TOPICS, Reading
from projections.simulation.refusals import TooManyEventsError, TooManyRunsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from domain.log import EventLog, Recorded
    from projections.reader import ViewReader
    from projections.simulation.recording import Recording

MOST_RUNS = 50_000
_MOST_EVENTS = 40 * MOST_RUNS
"""Where a run never ends the log is read to its head for it."""
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another, in one pool. The events up to position `begins` had been written by
    the first, those up to `ends` by the second; no run that was open at the first had one up to
    `after`. `paused` is the queue's state at the first."""

    since: datetime
    until: datetime
    pool: str
    after: int
    begins: int
    ends: int
    paused: bool


def find(reader: ViewReader, since: datetime, until: datetime, pool: str) -> Span:
    """Where the span is. Raises BeforeTheLogError, and as `reader.now` does."""
    with reader.at(since) as then:
        begins, paused, first = then.position, then.paused(), then.first_open(pool)
    with reader.at(until) as then:
        ends = then.position
    return Span(since, until, pool, begins if first is None else first - 1, begins, ends, paused)


def record(log: EventLog, span: Span) -> Recording:
    """What the log says of the span, and of its runs until they are over.

    Raises NoRunsError, TooManyRunsError, TooManyEventsError, NothingToGoByError.
    """
    reading = Reading(span)
    for number, recorded in enumerate(_events(log, span.after)):
        if reading.complete:
            break
        reading.take(recorded)
        if reading.runs > MOST_RUNS:
            raise TooManyRunsError(MOST_RUNS)
        if number > _MOST_EVENTS:
            raise TooManyEventsError(_MOST_EVENTS)
    return reading.finish()


def _events(log: EventLog, after: int) -> Iterator[Recorded]:
    """As far as the log goes now: it may grow as fast as it is read."""
    head = log.head()
    while batch := log.read(after, _BATCH, TOPICS):
        for recorded in batch:
            if recorded.position > head:
                return
            yield recorded
        after = batch[-1].position
