"""Making the views anew from the log while the system runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Identifier

from projections import views
from runtime.database import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import EventLog

logger = structlog.get_logger()

NEXT = "views_next"
_OLD = "views_old"
_BATCH = 2_000
_PATIENCE = 90.0
"""Seconds; whoever looks at the past through the old views is let finish."""
_CLOSE_ENOUGH = 200
"""Events behind at which the live views are held still for the swap."""


def rebuild(url: str, log: EventLog, progress: Callable[[int, int], None] | None = None) -> int:
    """Builds new views beside the live ones and puts them in their place in one transaction.

    Readers see the old views until then. `progress` is told the position reached and the log's
    head. Returns the position the new views reflect.
    """
    _drop_old(url)
    with connect(url, "proctor rebuild") as connection:
        _drop(connection, NEXT)
        views.make(connection, NEXT)
        position = 0
        while log.head() - position > _CLOSE_ENOUGH:
            position = _advance(connection, log)
            if progress is not None:
                progress(position, log.head())
        position = _swap(connection, log)
    _drop_old(url)
    logger.info("views.rebuilt", position=position)
    return position


def _advance(connection: psycopg.Connection[DictRow], log: EventLog) -> int:
    with connection.transaction():
        views.enter(connection, NEXT)
        position = views.lock_position(connection)
        batch = log.read(position, _BATCH)
        if batch:
            views.advance(connection, batch)
        return batch[-1].position if batch else position


def _swap(connection: psycopg.Connection[DictRow], log: EventLog) -> int:
    with connection.transaction():
        views.enter(connection, views.LIVE)
        live = views.lock_position(connection)
        position = -1
        while position < live and (reached := _advance(connection, log)) != position:
            position = reached
        _rename(connection, views.LIVE, _OLD)
        _rename(connection, NEXT, views.LIVE)
        connection.execute("SELECT pg_notify(%s, %s)", (views.CHANNEL, str(position)))
    return position


def _drop_old(url: str) -> None:
    """They stay for the next rebuild if somebody looks at the past through them for too long: the
    new ones are in their place already."""
    bounds = f"SET LOCAL lock_timeout = '{_PATIENCE:.0f}s'; SET LOCAL statement_timeout = 0"
    with connect(url, "proctor rebuild") as connection:
        connection.answer_timeout = _PATIENCE + 30
        try:
            with connection.transaction():
                connection.execute(SQL(bounds))
                _drop(connection, _OLD)
        except LockNotAvailable as error:
            logger.warning("views.old_ones_in_use", error=str(error))


def _rename(connection: psycopg.Connection[DictRow], schema: str, name: str) -> None:
    statement = SQL("ALTER SCHEMA {} RENAME TO {}")
    connection.execute(statement.format(Identifier(schema), Identifier(name)))


def _drop(connection: psycopg.Connection[DictRow], schema: str) -> None:
    connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(schema)))
