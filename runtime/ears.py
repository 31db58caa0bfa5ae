"""Waiting for the database to say that something was committed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

from runtime.database import connect

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    import psycopg
    from psycopg.rows import DictRow

_STOP_CHECK = 0.5


class Ears:
    """A connection that does nothing but listen.

    What is notified while nobody waits stays in the connection's socket, so no commit between
    reading the log and waiting is missed.
    """

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def wait(self, stop: threading.Event, timeout: float) -> str | None:
        """Waits until something was notified, `stop` is set, or `timeout` seconds have passed.

        Returns the newest notification's payload, None if there was none. Raises
        psycopg.OperationalError when the connection is lost.
        """
        waited = 0.0
        while waited < timeout and not stop.is_set():
            pause = min(_STOP_CHECK, timeout - waited)
            heard = list(self._connection.notifies(timeout=pause, stop_after=1))
            if heard:
                return heard[-1].payload
            waited += pause
        return None


@contextmanager
def listening(url: str, name: str, channel: str) -> Iterator[Ears]:
    """Ears on one channel."""
    with connect(url, name) as connection:
        connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
        yield Ears(connection)
