"""What the log raises while the database is out of reach, and what is known then."""

from __future__ import annotations

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError
from psycopg_pool import PoolClosed, PoolTimeout

UNREACHABLE = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    PoolTimeout,
    PoolClosed,
)
"""Trying again later is right."""

_SERVER_ENDS_SESSION = "57P"


class UncertainError(OperationalError):
    """The connection was lost after a commit was asked for: it may have happened."""


def leaves_in_doubt(error: psycopg.Error) -> bool:
    """Whether a commit that ended with `error` may have happened.

    An error that PostgreSQL itself tells means that it was rolled back, unless what it tells is
    that it ends the session: that may come between the commit and its reply.
    """
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_SERVER_ENDS_SESSION)
