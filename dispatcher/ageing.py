"""Ageing: waiting makes a run more urgent, so that nothing starves behind what is urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from dispatcher import open_runs
from domain.ageing import BY, AgeingRule
from domain.errors import ConflictError, TooNewError
from runtime.metrics import RAISED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from dispatcher.open_runs import OpenRun
    from domain.event import Event
    from domain.log import EventLog

logger = structlog.get_logger()

MOST_AT_ONCE = 200
"""Runs raised in one look: a hundred thousand that waited equally long are raised over many."""


class Ageing:
    """Raises what has waited `interval` seconds since it was last asked for, by one level.

    The change is an event like a person's, so the relay publishes the run again and whoever gets
    the older message drops it. An interval of 0 turns ageing off.
    """

    def __init__(self, log: EventLog, interval: float) -> None:
        self._log = log
        self._rule = AgeingRule(interval)

    def look(self, connection: psycopg.Connection[DictRow]) -> None:
        """Raises those whose time has come, once."""
        if not self._rule.on:
            return
        waiting = open_runs.waiting_longer(connection, self._rule.interval, MOST_AT_ONCE)
        raised = [event for run in waiting if (event := self._raise(run)) is not None]
        if raised:
            self._append(raised)
            RAISED.inc(len(raised))
            logger.info("ageing.raised", runs=len(raised))

    def _raise(self, seen: OpenRun) -> Event | None:
        try:
            run = self._log.run(seen.run_id)
        except TooNewError:
            return None  # It waits as it is, until somebody who knows it looks.
        if run.status != "queued" or run.dispatch_id != seen.dispatch_id:
            return None  # The relay is behind the log: it runs, is over, or was raised already.
        raised = self._rule.raised(run.priority)
        return None if raised is None else run.change_priority(BY, raised)

    def _append(self, raised: Sequence[Event]) -> None:
        try:
            self._log.append(*raised, durable=False)
        except ConflictError:
            for event in raised:
                self._append_one(event)

    def _append_one(self, event: Event) -> None:
        try:
            self._log.append(event, durable=False)
        except ConflictError:
            logger.debug("ageing.overtaken", run_id=str(event.originator_id))
