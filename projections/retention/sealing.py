"""What the ledger must have done before anything is removed: proof first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from psycopg.errors import UndefinedTable

from domain.errors import ProctorError
from projections.ledger import tables
from projections.ledger.notary import SEAL

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg
    from psycopg.rows import DictRow

    Connection = psycopg.Connection[DictRow]

_SEAL_PATIENCE = 5.0
_CHAIN_PATIENCE = 30.0
_LOOK_AGAIN = 0.05


def sealed(connection: Connection, wanted: int) -> int:
    """The position up to which events are under a checkpoint, asked for up to `wanted`.

    Only these may lose their details: a checkpoint is made over events as they were. Raises
    ProctorError if nobody ever kept a ledger.
    """
    try:
        _wait(lambda: _seal(connection) >= wanted, _SEAL_PATIENCE)
    except UndefinedTable:
        raise ProctorError(
            "there is no ledger in the database, and nothing is removed without: start"
            " `proctor projections`, or run `proctor migrate`"
        ) from None
    return _last_sealed(connection)


def wait_until_chained(connection: Connection, position: int) -> None:
    """Waits for the link of the event at `position`. Raises ProctorError if it does not come."""
    if not _wait(lambda: tables.link_at(connection, position) is not None, _CHAIN_PATIENCE):
        raise ProctorError(
            f"the ledger did not chain the event at position {position}, which says what is to be"
            " removed: is `proctor projections` running? The next `proctor retention` goes on"
        )


def _seal(connection: Connection) -> int:
    connection.execute("SELECT pg_notify(%s, '')", (SEAL,))
    return _last_sealed(connection)


def _last_sealed(connection: Connection) -> int:
    newest = tables.newest_checkpoint(connection)
    return newest.last if newest else 0


def _wait(reached: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (there := reached()) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN)
    return there
