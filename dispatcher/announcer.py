"""The announcer: every event of the log goes to whoever listens outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import cloud_event
from runtime.broker.port import Announcement

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from domain.stored import Stored
    from runtime.broker.port import Publisher

    Connection = psycopg.Connection[DictRow]

BATCH = 100
"""Small: dispatches, which executors wait for, go out on the same connection."""

GATHER = 0.1
"""Seconds: listeners outside are in less of a hurry than executors."""


class Announcer:
    """A handler: at least once, in the log's order, and by that in order for each run."""

    name = "announcer"

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def prepare(self, connection: Connection) -> None:
        """Nothing to do."""

    def lock_position(self, connection: Connection) -> int:
        """The position announced last."""
        row = connection.execute("SELECT position FROM dispatch.announced FOR UPDATE").fetchone()
        return int(row["position"]) if row else 0

    def handle(self, connection: Connection, batch: Sequence[Stored]) -> None:
        """Announces the batch. Raises BrokerUnavailableError, to be tried again."""
        self._publisher.announce([_announcement(stored) for stored in batch])
        connection.execute("UPDATE dispatch.announced SET position = %s", (batch[-1].position,))

    def handled(self, batch: Sequence[Stored]) -> None:
        """Nothing more to do."""


def _announcement(stored: Stored) -> Announcement:
    said = cloud_event.cloud_event(stored)
    return Announcement(
        routing_key=cloud_event.routing_key(stored),
        message_id=said["id"],
        kind=said["type"],
        body=cloud_event.encode(said),
    )
