"""The database: where it is, and the log that lives in it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg.rows import dict_row

from domain.errors import ProctorError
from domain.log import EventLog
from runtime.bounded import BoundedConnection
from runtime.embedded_postgres import embedded_postgres
from runtime.recorder import Recorder, UrlDatastore, connection_options
from runtime.schema import save_version, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.rows import DictRow

    from runtime.settings import Settings

logger = structlog.get_logger()

LOG_VERSION = 4
"""Of the log's table, of the functions that change it, and of the triggers that guard it."""

_SCHEMA_LOCK = 7_277_263_001
"""Advisory lock held while tables are made, so that roles starting together do not collide."""


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database to use, the embedded one started if none is set.

    Raises ProctorError if the one that is set does not answer.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        _reach(url)
        yield url
        return
    with embedded_postgres(settings.data_dir) as url:
        yield url


def _reach(url: str) -> None:
    try:
        connect(url, "proctor start").close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ProctorError(
            f"PROCTOR_DATABASE_URL: the database does not answer: {reason}"
        ) from None


@contextmanager
def open_log(url: str, name: str, connections: int = 4) -> Iterator[EventLog]:
    """The event log in the database at `url`, its table made if missing.

    `name` appears as the connections' application name. Raises psycopg.OperationalError if the
    database is out of reach, and ProctorError if a newer Proctor made the table.
    """
    datastore = UrlDatastore(url, name, connections)
    try:
        recorder = Recorder(datastore)
        with schema_lock(url, name) as connection:
            # Only where it is missing: an executor's own user may not make tables.
            if version_of(connection, "log", LOG_VERSION) < LOG_VERSION:
                recorder.create_table()
                save_version(connection, "log", LOG_VERSION)
        with EventLog(recorder) as log:
            yield log
    finally:
        datastore.close()


def connect(url: str, name: str) -> BoundedConnection:
    """A connection of its own, in autocommit mode, with rows as dicts and bounded waits."""
    return BoundedConnection.connect(
        url, autocommit=True, row_factory=dict_row, **connection_options(name)
    )


@contextmanager
def schema_lock(url: str, name: str) -> Iterator[psycopg.Connection[DictRow]]:
    """Holds the lock under which tables are made."""
    with connect(url, name) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_SCHEMA_LOCK,))
        yield connection
