"""How far those who follow the log have come, and who leads the dispatchers: asked of the database,
since they may run anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.errors import InsufficientPrivilege, InvalidSchemaName, UndefinedTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import psycopg
    from psycopg.rows import DictRow

    Connection = psycopg.Connection[DictRow]

_RELAY = "SELECT position FROM dispatch.position"
_ANNOUNCER = "SELECT position FROM dispatch.announced"
_LEDGER = "SELECT max(position) AS position FROM ledger.links"
_CHECKPOINTS = "SELECT max(last) AS position FROM ledger.checkpoints"
_NOT_FOR_US = (InsufficientPrivilege, InvalidSchemaName, UndefinedTable)
_LEADERSHIP = """
    SELECT pid, host(client_addr) AS address, backend_start AS since, EXISTS (
        SELECT FROM pg_locks AS held
        WHERE held.pid = activity.pid AND held.locktype = 'advisory' AND held.granted
    ) AS leads
    FROM pg_stat_activity AS activity
    WHERE application_name = 'proctor leadership' AND datname = current_database()
    ORDER BY leads DESC, pid
"""
"""The leader's session holds the lock, those of the others try to. A user that is not theirs sees
no address or time."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows the log, and what for; `position` is None where it cannot be told. One that
    `rests` is behind most of the time, and means to be."""

    name: str
    does: str
    position: int | None
    rests: bool = False

    def lag(self, head: int) -> int | None:
        """Events that it has not handled yet."""
        return None if self.position is None else max(0, head - self.position)


@dataclass(frozen=True, slots=True)
class Dispatching:
    """A dispatcher by its session in the database; one of them leads."""

    pid: int
    address: str | None
    since: datetime | None
    leads: bool


def followers(connection: Connection, views: int, *, announces: bool) -> list[Follower]:
    """Everybody who follows the log; `announces` where there is somebody outside to tell."""
    found = [
        Follower("views", "make what pages and answers show", views),
        Follower("relay", "publishes runs to the broker", _position(connection, _RELAY)),
        Follower("ledger", "chains every event to those before", _position(connection, _LEDGER)),
        Follower(
            "checkpoints",
            "sign the chain every so often",
            _position(connection, _CHECKPOINTS),
            rests=True,
        ),
    ]
    if announces:
        position = _position(connection, _ANNOUNCER)
        found.append(Follower("announcer", "tells listeners outside of events", position))
    return found


def dispatchers(connection: Connection) -> Sequence[Dispatching]:
    """Those that are connected, the leader first."""
    return [Dispatching(**row) for row in connection.execute(_LEADERSHIP)]


def _position(connection: Connection, statement: str) -> int | None:
    """None where its tables are not there, or are not shown to the API's own user."""
    try:
        with connection.transaction():
            row: dict[str, Any] | None = connection.execute(statement).fetchone()
    except _NOT_FOR_US:
        return None
    return None if row is None else row["position"]
