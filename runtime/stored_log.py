"""The log as it is stored: rows and bytes, of whatever type their events are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from domain.stored import Stored
from runtime.database import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

_SELECT = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM proctor_events "
)
_AFTER = _SELECT + "WHERE notification_id > %s ORDER BY 1 LIMIT %s"
_BETWEEN = _SELECT + "WHERE notification_id BETWEEN %s AND %s ORDER BY 1"
_OF_ONE = _SELECT + "WHERE originator_id = %s ORDER BY 3"
_OF_MANY = _SELECT + "WHERE originator_id = ANY(%s) ORDER BY 2, 3"
_HEAD = "SELECT max(notification_id) FROM proctor_events"


class StoredLog:
    """Reads on a connection of its own; a follower's source."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: psycopg.Connection[DictRow] | None = None

    def read(self, after: int, limit: int) -> Sequence[Stored]:
        """Up to `limit` events behind the position `after`, in the log's order."""
        return list(_rows(self._opened(), _AFTER, (after, limit)))

    def head(self) -> int:
        """The position of the newest event; 0 in an empty log."""
        with self._opened().cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(_HEAD).fetchone()
        return int(row[0] or 0) if row else 0

    def close(self) -> None:
        """Ends the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _opened(self) -> psycopg.Connection[DictRow]:
        if self._connection is None or self._connection.broken or self._connection.closed:
            self._connection = connect(self._url, self._name)
        return self._connection


def between(connection: psycopg.Connection[Any], first: int, last: int) -> list[Stored]:
    """The events from position `first` to `last`."""
    return list(_rows(connection, _BETWEEN, (first, last)))


def of_one(connection: psycopg.Connection[Any], originator_id: UUID) -> list[Stored]:
    """The events of one aggregate, the oldest first."""
    return list(_rows(connection, _OF_ONE, (originator_id,)))


def of_many(connection: psycopg.Connection[Any], originator_ids: Iterable[UUID]) -> list[Stored]:
    """The events of some aggregates, each one's together and the oldest first."""
    return list(_rows(connection, _OF_MANY, (list(originator_ids),)))


def _rows(
    connection: psycopg.Connection[Any], statement: str, facts: tuple[Any, ...]
) -> Iterator[Stored]:
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        for row in cursor.execute(statement, facts):
            yield Stored(*row)
