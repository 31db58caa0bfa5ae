"""The timekeeper: ends runs whose time is up, gives back attempts whose executor is dead, and has
those age that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from dispatcher import open_runs
from dispatcher.roster import SILENCE
from domain.errors import ConflictError, TooNewError
from domain.run_events import Failure
from runtime.database import connect

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    import psycopg
    from psycopg.rows import DictRow

    from dispatcher.ageing import Ageing
    from dispatcher.open_runs import OpenRun
    from dispatcher.roster import Roster
    from domain.event import Event
    from domain.log import EventLog
    from domain.run import Run

    Decide = Callable[[Run], Sequence[Event]]

logger = structlog.get_logger()

GRACE = 4.0
"""Seconds past its timeout in which an executor that is well has recorded the verdict itself."""

BY = "timekeeper"
_SHORTEST_WAIT = 0.05


class Timekeeper:
    """A component that looks every `interval` seconds, and at every deadline in between."""

    name = "timekeeper"

    def __init__(
        self, url: str, log: EventLog, roster: Roster, ageing: Ageing, interval: float
    ) -> None:
        self._url = url
        self._log = log
        self._roster = roster
        self._ageing = ageing
        self._interval = interval

    def run(self, stop: threading.Event) -> None:
        """Keeps time until `stop` is set."""
        with connect(self._url, "proctor timekeeper") as connection:
            while not stop.wait(self._pause(connection)):
                self.look(connection)

    def look(self, connection: psycopg.Connection[DictRow]) -> None:
        """Ends what is overdue, requeues what is lost, raises what waits, once."""
        for run in open_runs.overdue(connection, GRACE):
            self._record(run, _time_out)
        for run in open_runs.running(connection):
            if run.executor is not None and self._roster.silent(run.executor):
                self._record(run, _lose)
        # What was started a moment ago may not be in its executor's last word yet.
        for run in open_runs.running(connection, longer_than=SILENCE):
            if run.executor is not None and self._roster.denies(run.executor, run.run_id):
                self._record(run, _disown)
        self._ageing.look(connection)

    def _pause(self, connection: psycopg.Connection[DictRow]) -> float:
        left = open_runs.seconds_to_next_deadline(connection, GRACE)
        soonest = self._interval if left is None else min(self._interval, left)
        return max(soonest, _SHORTEST_WAIT)

    def _record(self, seen: OpenRun, decide: Decide) -> None:
        try:
            run = self._log.run(seen.run_id)
        except TooNewError as error:
            logger.warning("timekeeper.passed_over", run_id=str(seen.run_id), error=str(error))
            return  # The others must not suffer for it.
        if run.status != "running" or run.attempt != seen.attempt:
            return  # The relay is behind the log: there is nothing left to end.
        try:
            self._log.append(*decide(run))
        except ConflictError:
            return  # Somebody was faster; the next look decides on what they wrote.
        logger.warning(
            "timekeeper.ended_attempt",
            run_id=str(run.id),
            attempt=run.attempt,
            executor=run.executor,
            because=decide.__name__.strip("_"),
        )


def _time_out(run: Run) -> Sequence[Event]:
    error = Failure(
        kind="timeout",
        message=f"the run was not over {run.timeout:g} s after its start,"
        f" and executor {run.executor} recorded no verdict",
    )
    return [run.time_out(BY, error=error, duration=run.timeout)]


def _disown(run: Run) -> Sequence[Event]:
    error = Failure(
        kind="lease_lost", message=f"executor {run.executor} started again, without the run"
    )
    return run.give_up_attempt(BY, error)


def _lose(run: Run) -> Sequence[Event]:
    error = Failure(kind="executor_silent", message=f"executor {run.executor} fell silent")
    return run.give_up_attempt(BY, error)
