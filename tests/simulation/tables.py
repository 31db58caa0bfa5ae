"""The dispatcher's tables in SQLite, which is asked in the dispatcher's own PostgreSQL."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import psycopg

from tests.simulation.stepping import reach_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.simulation.stepping import Clock

_TABLES = """
    CREATE TABLE dispatch.open_runs (
        run_id uuid PRIMARY KEY, dispatch_id text NOT NULL, asked_position integer NOT NULL,
        pool text NOT NULL, attempt integer NOT NULL, priority integer NOT NULL,
        timeout real NOT NULL, executor text, running_since real,
        waiting_since real NOT NULL DEFAULT (clock_timestamp()));
    CREATE TABLE dispatch.position (position integer NOT NULL);
    INSERT INTO dispatch.position VALUES (0);
"""
_DIALECT = (
    (re.compile(r"%\((\w+)\)s"), r":\1"),
    (re.compile(r"%s"), "?"),
    (re.compile(r"::uuid\[\]| FOR UPDATE"), ""),
    (re.compile(r"= ANY\((\?|:\w+)\)"), r"IN (SELECT value FROM json_each(\1))"),
    (re.compile(r"extract\(epoch FROM ([^()]*\(\))\)"), r"(\1)"),
    (re.compile(r"make_interval\(secs => ([^)]*)\)"), r"(\1)"),
)
"""What the dispatcher's statements say in PostgreSQL, and SQLite says otherwise."""

sqlite3.register_converter("uuid", lambda stored: UUID(stored.decode()))
sqlite3.register_adapter(UUID, str)
sqlite3.register_adapter(list, lambda items: json.dumps([str(item) for item in items]))


class Durable(Protocol):
    """Whom the tables share a disk with."""

    up: bool

    def flushed(self) -> None:
        """Something was committed synchronously."""


class Tables:
    """One transaction at a time; who reads meanwhile sees what was committed before it."""

    def __init__(self, clock: Clock, store: Durable) -> None:
        self.jump = 0.0
        """Seconds by which the database's clock is off."""
        self.position = 0
        """Up to which everything that was asked for is published, as committed."""
        self._clock = clock
        self.store = store
        self.connections = 0
        self._live = self._open()
        self._live.executescript(_TABLES)
        self._before: bytes | None = None
        self._writer: Session | None = None

    def disconnect(self) -> None:
        """Every session ends, and with it what it has not committed."""
        self.connections += 1
        if self._writer is not None:
            self.finish("ROLLBACK")

    def begin(self, session: Session) -> None:
        """The session's transaction; the dispatcher has one at a time."""
        self._before = self._live.serialize(name="dispatch")
        self._writer = session
        self._live.execute("BEGIN")

    def finish(self, how: str) -> None:
        """Commits or rolls back."""
        self._live.execute(how)
        self._writer = self._before = None
        row = self._live.execute("SELECT position FROM dispatch.position").fetchone()
        self.position = int(row["position"])

    def seen_by(self, session: Session) -> sqlite3.Connection:
        """What this session reads and writes."""
        if self._before is None or session is self._writer:
            return self._live
        snapshot = self._open()
        snapshot.deserialize(self._before, name="dispatch")
        return snapshot

    def close(self) -> None:
        """The end of the world."""
        self._live.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            ":memory:", isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES
        )
        connection.row_factory = _as_dict
        connection.create_function("clock_timestamp", 0, lambda: self._clock.now + self.jump)
        connection.execute("ATTACH ':memory:' AS dispatch")
        return connection


class Session:
    """As much of a psycopg connection as the dispatcher asks for."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._connected = tables.connections

    def execute(self, statement: str, facts: Any = ()) -> sqlite3.Cursor:
        """Asks at once: between two statements of a transaction nothing can come."""
        self._require_connection()
        return self._tables.seen_by(self).execute(_translated(statement), facts)

    def cursor(self) -> Session:
        """It has nothing of its own."""
        return self

    def executemany(self, statement: str, facts: Iterable[Any]) -> None:
        """The same once for each."""
        for each in facts:
            self.execute(statement, each)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Its commit is an operation, before which a process may die."""
        self._require_connection()
        self._tables.begin(self)
        try:
            yield
            reach_out()
            self._require_connection()
        except BaseException:
            if self._is_connected():
                self._tables.finish("ROLLBACK")
            raise
        self._tables.finish("COMMIT")
        self._tables.store.flushed()

    def _require_connection(self) -> None:
        if not self._is_connected() or not self._tables.store.up:
            raise psycopg.OperationalError("the database is away")

    def _is_connected(self) -> bool:
        return self._connected == self._tables.connections


@cache
def _translated(statement: str) -> str:
    for pattern, replacement in _DIALECT:
        statement = pattern.sub(replacement, statement)
    return statement


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
