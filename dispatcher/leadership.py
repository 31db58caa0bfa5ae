"""Leadership: of several dispatchers one works, and another takes over when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from runtime.database import connect
from runtime.lifecycle import Crew
from runtime.metrics import LEADS

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

    from runtime.lifecycle import Component

logger = structlog.get_logger()

_LOCK = 7_277_263_002
"""The advisory lock that the leader's session holds; PostgreSQL lets go of it with the session."""

_TRY_EVERY = 0.5
_SPEAK_EVERY = 0.5
_SILENCE = 4
"""Seconds after which PostgreSQL ends the session of a leader that says nothing: one that is
frozen, or whose machine is gone without a word. With `_TRY_EVERY` it bounds the takeover."""


class Leadership:
    """A component that runs others while, and only while, this process holds the lock.

    Two leaders for a moment, one just thawed, do no harm: positions are locked in the database
    and a message published twice is dropped by whoever gets it second.
    """

    name = "leadership"

    def __init__(
        self, url: str, components: Sequence[Component], speak_every: float = _SPEAK_EVERY
    ) -> None:
        self._url = url
        self._speak_every = speak_every
        self._components = components
        self._crew: Crew | None = None

    @property
    def leads(self) -> bool:
        """Whether this process is the one that works."""
        return self._crew is not None

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong in the components it leads, by name."""
        return self._crew.troubles if self._crew is not None else {}

    def run(self, stop: threading.Event) -> None:
        """Waits for the lock and works until `stop` is set.

        Raises psycopg.OperationalError when the lock's session is lost; the work has ended then.
        """
        with connect(self._url, "proctor leadership") as connection:
            connection.execute(f"SET idle_session_timeout = '{_SILENCE}s'")
            while not _locked(connection):
                if stop.wait(_TRY_EVERY):
                    return
            self._lead(connection, stop)

    def _lead(self, connection: psycopg.Connection[DictRow], stop: threading.Event) -> None:
        logger.info("leadership.won")
        try:
            with Crew(self._components) as self._crew:
                LEADS.set(1)
                while not stop.wait(self._speak_every):
                    connection.execute("SELECT 1")
        finally:
            self._crew = None
            LEADS.set(0)
            logger.info("leadership.left")


def _locked(connection: psycopg.Connection[DictRow]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS won", (_LOCK,)).fetchone()
    return bool(row and row["won"])
