"""Waiting for the database to say that something was committed."""

from __future__ import annotations

import select
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

from runtime.database import connect

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    import psycopg
    from psycopg.rows import DictRow

_STOP_CHECK = 0.1


class Ears:
    """A connection that does nothing but listen.

    What is notified while nobody waits stays in the connection's socket, so no commit between
    reading the log and waiting is missed.
    """

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection
        # Asking the socket costs a fiftieth of asking psycopg, ten times a second and ear.
        self._socket = select.poll()
        self._socket.register(connection.fileno(), select.POLLIN)

    def wait(self, stop: threading.Event, timeout: float) -> str | None:
        """Waits until something was notified, `stop` is set, or `timeout` seconds have passed.

        Returns the newest notification's payload, None if there was none. Raises
        psycopg.OperationalError when the connection is lost.
        """
        deadline = time.monotonic() + timeout
        heard = self._heard()
        while heard is None and not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            if self._socket.poll(1000 * min(_STOP_CHECK, left)):
                heard = self._heard()
        return heard

    def _heard(self) -> str | None:
        """The newest of what has arrived."""
        arrived = list(self._connection.notifies(timeout=0))
        return arrived[-1].payload if arrived else None


@contextmanager
def listening(url: str, name: str, channel: str) -> Iterator[Ears]:
    """Ears on one channel."""
    with connect(url, name) as connection:
        connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
        yield Ears(connection)
