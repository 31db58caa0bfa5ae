"""Reading the views: one consistent snapshot for every question of one request."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from psycopg import IsolationLevel
from psycopg.errors import UndefinedTable
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from projections import views
from projections.decision_queries import DecisionQueries
from projections.deed_queries import DeedQueries
from projections.past.past import Past
from projections.run_queries import RunQueries
from projections.run_times import RunTimes
from projections.statistics_queries import StatisticsQueries
from projections.unavailable import TooManyLooksError, ViewsMissingError
from projections.verdict_queries import VerdictQueries
from runtime.bounded import BoundedConnection
from runtime.database import connect
from runtime.recorder import CONNECT_TIMEOUT, check_alive, connection_options

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from datetime import datetime

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import EventLog

    Connection = psycopg.Connection[DictRow]

_NOT_FOR_EVER = "SET LOCAL idle_in_transaction_session_timeout = '60s'"
"""For whoever asks for frames and does not read them: a rebuild waits for the tables looked at."""

_MOST_LOOKS = 6
"""At the past at once: each is a connection of its own, of which a database has few."""
_PATIENCE = 5.0


class Snapshot(RunQueries, StatisticsQueries, DecisionQueries, VerdictQueries, DeedQueries):
    """The views as they were at one position of the log."""

    def __init__(self, connection: Connection, times: RunTimes) -> None:
        RunQueries.__init__(self, connection)
        StatisticsQueries.__init__(self, connection, times)
        DecisionQueries.__init__(self, connection)
        VerdictQueries.__init__(self, connection)
        DeedQueries.__init__(self, connection)
        self.position = views.position(connection)


class ViewReader:
    """Opens snapshots of the live views, or of the past."""

    def __init__(self, url: str, log: EventLog, connections: int = 8) -> None:
        self._url = url
        self._log = log
        self._times = RunTimes()
        self._turns = BoundedSemaphore(_MOST_LOOKS)
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            connection_class=BoundedConnection,
            kwargs={
                "row_factory": dict_row,
                **connection_options("proctor reader", search_path=views.LIVE),
            },
            min_size=1,
            max_size=connections,
            timeout=CONNECT_TIMEOUT,
            configure=_read_only,
            check=check_alive,
            open=True,
            num_workers=1,
        )

    def close(self) -> None:
        """Ends the connections."""
        self._pool.close()

    @contextmanager
    def now(self) -> Iterator[Snapshot]:
        """The live views.

        Raises psycopg.OperationalError if the database is out of reach, and ViewsMissingError
        until somebody has made them.
        """
        with self._pool.connection() as connection, connection.transaction():
            yield self._snapshot(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """One of its connections, in a transaction, for what is not a view."""
        with self._pool.connection() as connection, connection.transaction():
            views.enter(connection, "public")
            yield connection

    def look(self) -> None:
        """Whether there are views to read; raises as `now` does."""
        with self.now():
            pass

    def _snapshot(self, connection: Connection) -> Snapshot:
        try:
            return Snapshot(connection, self._times)
        except UndefinedTable as error:
            raise ViewsMissingError from error

    @contextmanager
    def at(self, moment: datetime) -> Iterator[Snapshot]:
        """The views as they were at `moment`. Raises BeforeTheLogError, ViewsBehindError and
        TooManyLooksError, and as `now` does."""
        with self._looking_back() as connection:
            self._past(connection, moment)
            yield Snapshot(connection, self._times)

    def frames(self, moments: Iterable[datetime]) -> Generator[Snapshot]:
        """The views at one moment after the other, each snapshot good until the next is asked for.

        Raises as `at` does. Close it if it is not read to its end.
        """
        with ExitStack() as looking:
            past: Past | None = None
            for moment in moments:
                if past is None or not past.go_on(moment):
                    looking.close()
                    connection = looking.enter_context(self._looking_back())
                    past = self._past(connection, moment)
                yield Snapshot(past.connection, self._times)

    @contextmanager
    def _looking_back(self) -> Iterator[Connection]:
        """A connection whose temporary tables go with the transaction."""
        if not self._turns.acquire(timeout=_PATIENCE):
            raise TooManyLooksError(_MOST_LOOKS)
        try:
            with connect(self._url, "proctor past") as connection:
                connection.isolation_level = IsolationLevel.REPEATABLE_READ
                with connection.transaction(force_rollback=True):
                    connection.execute(_NOT_FOR_EVER)
                    yield connection
        finally:
            self._turns.release()

    def _past(self, connection: Connection, moment: datetime) -> Past:
        try:
            return Past(connection, self._log, moment)
        except UndefinedTable as error:
            raise ViewsMissingError from error


def _read_only(connection: Connection) -> None:
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
