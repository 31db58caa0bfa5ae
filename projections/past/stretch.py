"""Where in the log a moment is.

Times are written by many clocks, positions by one log; so the state at a moment is that of the log
as far as the last event that had been written by then, whatever the clocks of those before it said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import ProctorError
from projections import views
from projections.past import milestones
from projections.unavailable import ViewsBehindError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import EventLog, Recorded

    Connection = psycopg.Connection[DictRow]

BATCH = 2_000
_MOST_BEHIND = 50_000
"""Events that the views do not show yet: all of them are read and kept for one question."""

_EARLIEST = "SELECT min(at) <= %s AS reached FROM touched"
_BEFORE = """
    SELECT position, coalesce(lag, 0) AS milestone
    FROM (SELECT position, earliest, lag(position) OVER (ORDER BY position) FROM milestones) AS m
    WHERE earliest <= %s ORDER BY position DESC LIMIT 1
"""


class BeforeTheLogError(ProctorError):
    """A moment at which nothing had happened yet."""

    def __init__(self, moment: datetime, first: datetime | None) -> None:
        begins = f"the log begins at {first.isoformat()}" if first else "the log is empty"
        super().__init__(f"{moment.isoformat()} is before the first event: {begins}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a milestone to a moment: its position, and the events from there to the last by then."""

    milestone: int
    events: Sequence[Recorded]


def stretch(connection: Connection, log: EventLog, moment: datetime) -> Stretch:
    """The stretch that ends at `moment`, for a connection that has entered the live views.

    Raises BeforeTheLogError and ViewsBehindError.
    """
    behind = log.head() - views.position(connection)
    if behind > _MOST_BEHIND:
        raise ViewsBehindError(behind)
    newest = milestones.latest(connection)
    if _reaches_behind(connection, log, moment):
        return Stretch(newest, _written_by(moment, _events(log, newest)))
    row = connection.execute(_BEFORE, (moment,)).fetchone()
    if row is None:
        first = log.read(0, 1)
        raise BeforeTheLogError(moment, first[0].event.at if first else None)
    events = _written_by(moment, _events(log, row["milestone"], row["position"]))
    return Stretch(row["milestone"], events)


def _reaches_behind(connection: Connection, log: EventLog, moment: datetime) -> bool:
    """Whether an event behind the newest milestone was written by then."""
    row = connection.execute(_EARLIEST, (moment,)).fetchone()
    if row is not None and row["reached"]:
        return True
    not_shown_yet = _events(log, views.position(connection))
    return any(recorded.event.at <= moment for recorded in not_shown_yet)


def _events(log: EventLog, after: int, until: int | None = None) -> Iterator[Recorded]:
    while batch := log.read(after, BATCH):
        for recorded in batch:
            if until is not None and recorded.position > until:
                return
            yield recorded
        after = batch[-1].position


def _written_by(moment: datetime, events: Iterator[Recorded]) -> Sequence[Recorded]:
    """As far as the last one that was."""
    stretch: list[Recorded] = []
    since: list[Recorded] = []
    for recorded in events:
        since.append(recorded)
        if recorded.event.at <= moment:
            stretch += since
            since = []
    return stretch
