"""What retention removed, by what the log says of it.

A link is made of an event's hash, so the chain holds for an event without its details as long as
the log says what its hash was. What stands there now has its hash said, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.retention import MARK, ArtifactsRemoved, DetailsRemoved, retention_id
from projections.ledger.reading import ARTIFACTS, REDACTED, facts
from runtime.stored_log import of_many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.run_events import Artifact
    from domain.stored import Stored

    Connection = psycopg.Connection[DictRow]


NOT_AS_SAID = "is without its details, and is not what the log says was left of it"


@dataclass(frozen=True, slots=True)
class Said:
    """What the event at position `at` says of an earlier one: its hash then, and its hash now."""

    at: int
    was: bytes
    now: bytes


Saids = dict[int, list[Said]]
"""By the position of the event that it is said of."""


def retentions_of(connection: Connection, run_ids: Iterable[UUID]) -> list[Stored]:
    """The events that say what was removed of these runs."""
    return of_many(connection, {retention_id(run_id) for run_id in run_ids})


def said_of(connection: Connection, events: Iterable[Stored], until: int) -> Saids:
    """What the log says, up to the position `until`, of those of the events that are without their
    details."""
    runs = {event.originator_id for event in events if MARK in event.state}
    retentions = retentions_of(connection, runs) if runs else []
    return said_in(stored for stored in retentions if stored.position <= until)


def said_in(retentions: Iterable[Stored]) -> Saids:
    """What these events say."""
    found: Saids = {}
    for stored in retentions:
        if stored.topic == DetailsRemoved.TOPIC:
            for entry in facts(stored, "events", REDACTED):
                said = Said(stored.position, entry.was, entry.now)
                found.setdefault(entry.position, []).append(said)
    return found


def leaves(event: Stored, said: Saids) -> list[bytes]:
    """What the event may have been chained as: what it is, or what it was before its details were
    removed, if the log says so of what it is."""
    leaf = event.leaf
    if event.position not in said or MARK not in event.state:
        return [leaf]
    of_it = [one for one in said[event.position] if one.now == leaf and one.at > event.position]
    return [leaf, *(one.was for one in of_it)]


def artifacts_in(retentions: Iterable[Stored]) -> set[tuple[UUID, Artifact]]:
    """The files that these events say were removed, each with the aggregate that says so."""
    return {
        (stored.originator_id, artifact)
        for stored in retentions
        if stored.topic == ArtifactsRemoved.TOPIC
        for artifact in facts(stored, "artifacts", ARTIFACTS)
    }
