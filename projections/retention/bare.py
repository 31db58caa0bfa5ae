"""The events of old runs as they are stored, and what is stored of them without their details."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, cast

import structlog
from eventsourcing.persistence import JSONTranscoder, StoredEvent

from domain.errors import TooNewError
from domain.event import EventMapper, UnknownEvent
from domain.retention import (
    DetailsRemoved,
    RedactedEvent,
    Retention,
    replay,
    retention_id,
    without_details,
)
from runtime.stored_log import of_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.event import Event
    from domain.run_events import RunEvent
    from domain.stored import Stored

    Connection = psycopg.Connection[DictRow]

logger = structlog.get_logger()

_mapper = EventMapper(JSONTranscoder())


@dataclass(frozen=True, slots=True)
class BareRun:
    """A run that is over: the new bytes of each event that still has details, and what has been
    said of it so far."""

    retention: Retention
    states: dict[RedactedEvent, bytes] = field(default_factory=dict)
    said_at: dict[RedactedEvent, int] = field(default_factory=dict)
    """The position of the event that says so."""

    @property
    def unsaid(self) -> list[RedactedEvent]:
        """The events whose details the log does not say to be removed yet."""
        return [entry for entry in self.states if entry not in self.said_at]


def bare_runs(connection: Connection, run_ids: Sequence[UUID]) -> Iterator[BareRun]:
    """These runs, but for those with events that only a newer Proctor knows: left as they are."""
    found = of_many(connection, [*run_ids, *map(retention_id, run_ids)])
    stored = {
        aggregate: list(events)
        for aggregate, events in groupby(found, key=lambda event: event.originator_id)
    }
    for run_id in run_ids:
        try:
            yield _bare_run(run_id, stored[run_id], stored.get(retention_id(run_id), []))
        except TooNewError as error:
            logger.warning("retention.unknown_event", run_id=str(run_id), error=str(error))


def _bare_run(run_id: UUID, stored: list[Stored], removals: list[Stored]) -> BareRun:
    said = [_event(one) for one in removals]
    run = BareRun(replay(run_id, said))
    for one, event in zip(removals, said, strict=True):
        if isinstance(event, DetailsRemoved):
            run.said_at.update(dict.fromkeys(event.events, one.position))
    history = [cast("RunEvent", _event(one)) for one in stored]
    for one, event, bare in zip(stored, history, without_details(history), strict=True):
        if bare is not event and not event.redacted:
            state = _mapper.to_stored_event(bare).state
            now = replace(one, state=state).leaf
            run.states[RedactedEvent(position=one.position, was=one.leaf, now=now)] = state
    return run


def _event(stored: Stored) -> Event:
    event = _mapper.to_domain_event(
        StoredEvent(stored.originator_id, stored.originator_version, stored.topic, stored.state)
    )
    if isinstance(event, UnknownEvent):
        raise TooNewError(f"{stored.originator_id} at position {stored.position}", event.topic)
    return event
