"""The log's table in PostgreSQL, on top of the library's recorder."""

from __future__ import annotations

import select
from inspect import unwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.postgres import (
    ConnectionPool,
    PostgresApplicationRecorder,
    PostgresDatastore,
)
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

from runtime.bounded import BoundedConnection
from runtime.unreachable import UncertainError, leaves_in_doubt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

EVENTS_TABLE = "proctor_events"
"""Also the channel on which every commit is notified."""

CONNECT_TIMEOUT = 5
STATEMENT_TIMEOUT_MS = 15_000


def connection_options(name: str, **settings: str) -> dict[str, Any]:
    """What every connection of ours has: bounded waits, and a name an operator recognises."""
    of_the_session = {"statement_timeout": STATEMENT_TIMEOUT_MS, "lock_timeout": 5000} | settings
    return {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": name,
        "options": " ".join(f"-c {key}={value}" for key, value in of_the_session.items()),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }


def check_alive(connection: Connection[Any]) -> None:
    """Raises psycopg.OperationalError if the idle connection was lost.

    One that was closed at the other end has its end to be read, so only then a question is asked:
    at every checkout it would cost as much as a short query.
    """
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    if looking.poll(0):
        ConnectionPool.check_connection(connection)


class UrlDatastore(PostgresDatastore):
    """A datastore addressed by a URL, so that TLS and sockets work as libpq has them."""

    def __init__(self, url: str, name: str, connections: int) -> None:
        super().__init__(dbname="", host="", port="", user="", password="", lock_timeout=5)
        self.pool = ConnectionPool(
            conninfo=url,
            connection_class=BoundedConnection,
            kwargs={"row_factory": dict_row, **connection_options(name)},
            min_size=1,
            max_size=connections,
            open=False,
            configure=self.after_connect_func(),
            check=check_alive,
            timeout=CONNECT_TIMEOUT,
            num_workers=1,
        )


_APPEND = "SELECT proctor_append(%s, %s, %s, %s, %s) AS position"
_FUNCTIONS = [
    (Path(__file__).parent / "sql" / name).read_text()
    for name in ("append_events.sql", "remove_details.sql")
]
_select_events_once = unwrap(PostgresApplicationRecorder.select_events)
_select_notifications_once = unwrap(PostgresApplicationRecorder.select_notifications)
_max_notification_id_once = unwrap(PostgresApplicationRecorder.max_notification_id)


class Recorder(PostgresApplicationRecorder):
    """Stores and selects events.

    The library's ten silent retries are taken off: a caller that waits a minute without an answer
    cannot say 503, and one whose commit was retried cannot tell a conflict from its own success.
    """

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, events_table_name=EVENTS_TABLE)
        self._select_history = SQL(
            "SELECT notification_id, originator_id, originator_version, topic, state"
            " FROM {table} WHERE originator_id = ANY(%s) ORDER BY originator_version"
        ).format(table=Identifier(EVENTS_TABLE))

    def create_table(self) -> None:
        """Makes the table, and the functions that append to it and remove details."""
        super().create_table()
        with self.datastore.get_connection() as connection:
            for function in _FUNCTIONS:
                connection.execute(function)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Commits once; `durable=False` does not wait for the disk. Returns their positions.

        Raises the library's IntegrityError if a version is taken: nothing is written then; and
        UncertainError if the database was lost while it may have been committing.
        """
        if not stored_events:
            return []
        facts = (
            kwargs.get("durable", True),
            [event.originator_id for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
        )
        with self.datastore.get_connection() as connection:
            row = _appended(connection, facts)
        last = int(row["position"]) if row else 0
        # Nobody else takes a position while the table is locked.
        return range(last - len(stored_events) + 1, last + 1)

    def select_events(self, *args: Any, **kwargs: Any) -> Sequence[StoredEvent]:
        """One aggregate's events."""
        return _select_events_once(self, *args, **kwargs)  # type: ignore[no-any-return]

    def select_notifications(self, *args: Any, **kwargs: Any) -> Sequence[Notification]:
        """Events by position."""
        return _select_notifications_once(self, *args, **kwargs)  # type: ignore[no-any-return]

    def max_notification_id(self) -> int | None:
        """The newest position."""
        return _max_notification_id_once(self)  # type: ignore[no-any-return]

    def select_history(self, *originator_ids: UUID) -> Sequence[Notification]:
        """The events of some aggregates with their positions, each one's oldest first."""
        with self.datastore.get_connection() as connection:
            rows = connection.execute(self._select_history, (list(originator_ids),)).fetchall()
        return [
            Notification(
                id=row["notification_id"],
                originator_id=row["originator_id"],
                originator_version=row["originator_version"],
                topic=row["topic"],
                state=bytes(row["state"]),
            )
            for row in rows
        ]


def _appended(connection: Connection[DictRow], facts: tuple[Any, ...]) -> DictRow | None:
    try:
        return connection.execute(_APPEND, facts, prepare=True).fetchone()
    except psycopg.Error as error:
        if leaves_in_doubt(error):
            raise UncertainError(str(error)) from error
        raise
