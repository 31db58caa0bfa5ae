"""The relay: what the log says must run is published, and only then does the position move."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from dispatcher import open_runs
from dispatcher.open_runs import OpenRun
from domain.event import UnknownEvent
from domain.run_events import (
    VERDICT_TOPICS,
    AttemptFailed,
    AttemptLost,
    PriorityChanged,
    RunCancelled,
    RunEvent,
    RunRequested,
    RunRequeued,
    RunStarted,
)
from domain.run_queue import ExecutorDrained, ExecutorResumed, QueuePaused, QueueResumed
from runtime.broker.port import Control
from runtime.metrics import PUBLISHED, RELAY_DELAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.dispatch import Dispatch
    from domain.event import Event
    from domain.log import EventLog, Recorded
    from runtime.broker.port import Publisher

logger = structlog.get_logger()

_BATCH = 500


class Relay:
    """Handles the log's events for the broker; at least once, so publishing must be repeatable.

    A dispatch id comes from the log, so the same event published twice is the same dispatch, and
    executors drop the second.
    """

    name = "relay"

    def __init__(self, log: EventLog, publisher: Publisher) -> None:
        self._log = log
        self._publisher = publisher
        self._filled = publisher.durable

    def prepare(self, connection: psycopg.Connection[DictRow]) -> None:
        """Goes back to what an older Proctor did not know; and fills, once, a broker that forgot
        everything with its last process."""
        self._go_back(connection)
        if not self._filled:
            self._catch_up(connection)
            self._refill(connection)
            self._filled = True

    def lock_position(self, connection: psycopg.Connection[DictRow]) -> int:
        """The position of the last event published."""
        return open_runs.lock_position(connection)

    def handle(self, connection: psycopg.Connection[DictRow], batch: Sequence[Recorded]) -> None:
        """Publishes what the batch asks for. Raises BrokerUnavailableError, to be tried again."""
        self._publish(_remember(connection, batch))

    def handled(self, batch: Sequence[Recorded]) -> None:
        """Measures how long the requests took to get here."""
        now = datetime.now(UTC)
        for recorded in batch:
            if isinstance(recorded.event, RunRequested):
                RELAY_DELAY.observe(max(0.0, (now - recorded.event.at).total_seconds()))

    def _go_back(self, connection: psycopg.Connection[DictRow]) -> None:
        """What was asked for is never lost for having been asked by a newer Proctor. Publishing
        again what was published since does no harm."""
        with connection.transaction():
            open_runs.lock_position(connection)
            position = open_runs.passed_over(connection)
            found = [] if position is None else self._log.read(position - 1, 1)
            if position is None or not found or isinstance(found[0].event, UnknownEvent):
                return
            open_runs.go_back(connection, position - 1)
        logger.warning("relay.went_back", position=position)

    def _publish(self, changes: _Changes) -> None:
        dispatches = [run.dispatch() for run in changes.asked.values()]
        if dispatches:
            self._publisher.publish(dispatches)
            PUBLISHED.labels("asked").inc(len(dispatches))
            logger.debug("relay.published", dispatches=len(dispatches))
        for control in changes.controls:
            self._publisher.broadcast(control)

    def _catch_up(self, connection: psycopg.Connection[DictRow]) -> None:
        """Takes note, without publishing, of what was appended after the last process's relay
        stopped: only the head of the log tells which runs were held when it ended."""
        behind = True
        while behind:
            with connection.transaction():
                batch = self._log.read(open_runs.lock_position(connection), _BATCH)
                behind = bool(batch)
                if batch:
                    _remember(connection, batch)

    def _refill(self, connection: psycopg.Connection[DictRow]) -> None:
        waiting: list[Dispatch] = []
        held: list[Dispatch] = []
        for run in open_runs.every(connection):
            (held if run.running else waiting).append(run.dispatch())
        # The executors that held these ended with the process: a redelivery of the same dispatch
        # tells the next ones that the lease is lost.
        self._publisher.publish(held, redelivered=True)
        self._publisher.publish(waiting)
        PUBLISHED.labels("refilled").inc(len(held) + len(waiting))
        logger.info("relay.refilled", waiting=len(waiting), held=len(held))


def _remember(connection: psycopg.Connection[DictRow], batch: Sequence[Recorded]) -> _Changes:
    """Brings the table of open runs, and the position, to the end of the batch."""
    changes = _Changes(open_runs.load(connection, {r.event.originator_id for r in batch}))
    for recorded in batch:
        changes.apply(recorded)
    if changes.passed_over is not None:
        open_runs.pass_over(connection, changes.passed_over)
        logger.warning("relay.passed_over", position=changes.passed_over)
    open_runs.save(connection, changes.open.values())
    open_runs.forget(connection, changes.over)
    open_runs.save_position(connection, batch[-1].position)
    return changes


class _Changes:
    """What a batch of events comes to."""

    def __init__(self, known: dict[UUID, OpenRun]) -> None:
        self.open = known
        self.asked: dict[UUID, OpenRun] = {}
        self.over: set[UUID] = set()
        self.controls: list[Control] = []
        self.passed_over: int | None = None
        """The position of the first event that only a newer Proctor knows."""

    def apply(self, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, UnknownEvent) and self.passed_over is None:
            self.passed_over = recorded.position
        match event:
            case RunRequested():
                self._ask(_requested(recorded.position, event))
            case QueuePaused():
                self.controls.append(Control("pause"))
            case ExecutorDrained():
                self.controls.append(Control("drain"))
            case QueueResumed() | ExecutorResumed():
                self.controls.append(Control("resume"))
            case RunEvent() | UnknownEvent() if event.originator_id in self.open:
                self._apply_to(self.open[event.originator_id], recorded.position, event)

    def _apply_to(self, run: OpenRun, position: int, event: Event) -> None:
        match event:
            case RunStarted():
                run.running, run.executor, run.attempt = True, event.executor, event.attempt
                self.asked.pop(run.run_id, None)
            case AttemptFailed() | AttemptLost():
                run.running, run.executor = False, None
            case RunRequeued():
                run.attempt = event.attempt
                self._ask_again(run, position, event)
            case PriorityChanged():
                run.priority = event.priority
                if not run.running:
                    self._ask_again(run, position, event)
            case _ if event.topic in VERDICT_TOPICS:
                self._end(run, event)

    def _ask_again(self, run: OpenRun, position: int, event: Event) -> None:
        run.dispatch_id = f"{run.run_id}.{event.originator_version}"
        run.asked_position = position
        self._ask(run)

    def _ask(self, run: OpenRun) -> None:
        self.open[run.run_id] = run
        self.asked[run.run_id] = run

    def _end(self, run: OpenRun, event: Event) -> None:
        if event.topic == RunCancelled.TOPIC and run.running:
            self.controls.append(Control("cancel", run.run_id))
        self.asked.pop(run.run_id, None)
        del self.open[run.run_id]
        self.over.add(run.run_id)


def _requested(position: int, event: RunRequested) -> OpenRun:
    return OpenRun(
        run_id=event.originator_id,
        dispatch_id=f"{event.originator_id}.{event.originator_version}",
        asked_position=position,
        pool=event.definition.pool,
        attempt=1,
        priority=event.definition.priority,
        timeout=event.timeout,
    )
