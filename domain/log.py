"""The event log: the only source of truth, read and appended to by every role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from eventsourcing.application import Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    JSONTranscoder,
    Notification,
)

from domain import api_key, known_events, retention, run, run_queue, test_definition
from domain.errors import ConflictError, NotFoundError, TooNewError
from domain.event import Event, EventMapper, UnknownEvent
from domain.run_events import RunEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from domain.retention import Retention
    from domain.run import Run
    from domain.run_queue import RunQueue

S = TypeVar("S")

KNOWN = known_events.MODULES
"""Imported here so that every event read is of a known kind, whichever role reads it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event at its place in the log; positions grow, and may have gaps."""

    position: int
    event: Event


class LogRecorder(Protocol):
    """What the log needs of its store beyond the library's `ApplicationRecorder`."""

    def select_history(self, *originator_ids: UUID) -> Sequence[Notification]:
        """The stored events of some aggregates with their positions, each one's oldest first."""


class EventLog(Application["UUID"]):
    """Appends events at the version they were decided on, and reads them back.

    Synchronous: call it from a thread in asynchronous code.
    """

    name = "proctor"

    def __init__(self, recorder: ApplicationRecorder) -> None:
        self._given_recorder = recorder
        super().__init__()

    def construct_recorder(self) -> ApplicationRecorder:
        """The recorder given."""
        return self._given_recorder

    def construct_mapper(self) -> EventMapper:
        """Plain JSON under explicit topics."""
        return EventMapper(JSONTranscoder())

    # -- writing ------------------------------------------------------------------------------

    def append(self, *events: Event, durable: bool = True) -> int:
        """Commits the events together; returns the position of the last.

        `durable=False` does not wait for the disk: right for what may be lost without harm because
        it would be appended again (a step). Raises ConflictError if any event's version is
        taken: nothing is written then. Raises eventsourcing's OperationalError or InterfaceError
        when the database is out of reach; the commit may have happened then.
        """
        try:
            recordings = self.save(*events, durable=durable)
        except IntegrityError as error:
            raise ConflictError("another event was appended at this version first") from error
        return recordings[-1].notification.id

    # -- reading ------------------------------------------------------------------------------

    def read(self, after: int, limit: int = 500, topics: Sequence[str] = ()) -> Sequence[Recorded]:
        """Up to `limit` events behind the position `after`, in the log's order."""
        found = self.recorder.select_notifications(
            after, limit, topics=topics, inclusive_of_start=False
        )
        return [self._recorded(notification) for notification in found]

    def head(self) -> int:
        """The position of the newest event; 0 in an empty log."""
        return self.recorder.max_notification_id() or 0

    def history(self, aggregate_id: UUID) -> Sequence[Recorded]:
        """All events of one aggregate, the oldest first."""
        store = cast("LogRecorder", self.recorder)
        return [self._recorded(found) for found in store.select_history(aggregate_id)]

    def newer(self, aggregate_id: UUID, version: int) -> list[Event]:
        """The events of one aggregate behind `version`."""
        return [cast("Event", event) for event in self.events.get(aggregate_id, gt=version)]

    def run(self, run_id: UUID) -> run.Run:
        """The run as it is now. Raises NotFoundError, or TooNewError if it cannot be known."""
        return self._require("run", run_id, run.evolve, RunEvent)

    def run_and_queue(self, run_id: UUID) -> tuple[Run, RunQueue]:
        """The run and the queue as they are now, in one question. Raises as `run` does."""
        store = cast("LogRecorder", self.recorder)
        found = store.select_history(run_id, run_queue.QUEUE_ID)
        events = [self._recorded(notification).event for notification in found]
        of_run = [event for event in events if event.originator_id == run_id]
        queue = run_queue.replay(event for event in events if event.originator_id != run_id)
        return self._replayed("run", run_id, of_run, run.evolve, RunEvent), queue

    def test(self, test_id: UUID) -> test_definition.TestDefinition:
        """The test as it is now. Raises as `run` does."""
        return self._require("test", test_id, test_definition.evolve, test_definition.TestEvent)

    def key(self, key_id: UUID) -> api_key.ApiKey:
        """The API key as it is now. Raises as `run` does."""
        kinds = (api_key.KeyCreated, api_key.KeyRevoked)
        return self._require("key", key_id, api_key.evolve, kinds)

    def retention(self, run_id: UUID) -> Retention:
        """What was removed of a run, so far."""
        return self.retentions(run_id)[run_id]

    def retentions(self, *run_ids: UUID) -> dict[UUID, Retention]:
        """The same of several runs, in one question."""
        store = cast("LogRecorder", self.recorder)
        ids = {retention.retention_id(run_id): run_id for run_id in run_ids}
        events: dict[UUID, list[Event]] = {run_id: [] for run_id in run_ids}
        for found in store.select_history(*ids):
            event = self._recorded(found).event
            events[ids[event.originator_id]].append(event)
        return {run_id: retention.replay(run_id, those) for run_id, those in events.items()}

    def queue(self) -> run_queue.RunQueue:
        """The queue's state as people set it."""
        return run_queue.replay(self._events(run_queue.QUEUE_ID))

    def _require(
        self,
        noun: str,
        aggregate_id: UUID,
        evolve: Callable[[S | None, RunEvent | UnknownEvent], S] | Callable[[S | None, Event], S],
        kinds: type[Event] | tuple[type[Event], ...],
    ) -> S:
        return self._replayed(noun, aggregate_id, self._events(aggregate_id), evolve, kinds)

    def _replayed(
        self,
        noun: str,
        aggregate_id: UUID,
        events: Sequence[Event],
        evolve: Callable[[S | None, RunEvent | UnknownEvent], S] | Callable[[S | None, Event], S],
        kinds: type[Event] | tuple[type[Event], ...],
    ) -> S:
        first = events[0] if events else None
        if isinstance(first, UnknownEvent) and first.noun in {noun, UnknownEvent.NOUN}:
            raise TooNewError(f"{noun} {aggregate_id}", first.topic)
        if not isinstance(first, kinds):
            raise NotFoundError(f"there is no {noun} {aggregate_id}")
        return cast("S", reduce(cast("Callable[[S | None, Event], S]", evolve), events, None))

    def _events(self, aggregate_id: UUID) -> list[Event]:
        return self.newer(aggregate_id, 0)

    def _recorded(self, notification: Notification) -> Recorded:
        return Recorded(notification.id, cast("Event", self.mapper.to_domain_event(notification)))
