"""The notary: puts a checkpoint under what was chained, signed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from domain.checkpoint import BEFORE_ALL, Checkpoint
from domain.event import now
from domain.merkle import root
from domain.stored import START, link
from projections.ledger import tables
from projections.ledger.chaining import lock
from runtime.database import connect
from runtime.ears import listening
from runtime.stored_log import between

if TYPE_CHECKING:
    import threading

    import psycopg
    from psycopg.rows import DictRow

    from runtime.signing import SigningKey

    Connection = psycopg.Connection[DictRow]

logger = structlog.get_logger()

MOST_EVENTS = 1_000
"""Under one checkpoint: so many have to be read to prove that one of them is among them."""

SEAL = "proctor_seal"
"""Notified by whoever needs a checkpoint now."""

_LOOK_EVERY = 1.0


class BrokenChainError(Exception):
    """The log is not what was chained: nothing is signed until somebody has looked."""


class Notary:
    """A component. What is chained waits `interval` seconds at the most for its checkpoint."""

    name = "notary"

    def __init__(self, url: str, key: SigningKey, interval: float) -> None:
        self._url = url
        self._key = key
        self._interval = interval
        self._waiting_since: float | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set. Raises BrokenChainError, and psycopg's errors."""
        with (
            listening(self._url, "proctor notary", SEAL) as ears,
            connect(self._url, "proctor notary") as connection,
        ):
            tables.add_key(connection, self._key.public)
            asked: str | None = None
            while not stop.is_set():
                self.look(connection, now_asked=asked is not None)
                asked = ears.wait(stop, min(_LOOK_EVERY, self._interval))

    def look(self, connection: Connection, *, now_asked: bool = False) -> None:
        """Makes the checkpoints that are due."""
        while self._seal_some(connection, now_asked=now_asked):
            pass

    def _seal_some(self, connection: Connection, *, now_asked: bool) -> bool:
        """Makes one checkpoint if one is due; whether another may be."""
        with connection.transaction():
            lock(connection)
            before = tables.newest_checkpoint(connection)
            positions = _chained_after(connection, before.last if before else 0)
            if not positions or not (self._is_due(len(positions)) or now_asked):
                return False
            checkpoint = self._checkpoint(connection, before, positions)
            tables.add_checkpoint(connection, checkpoint)
        self._waiting_since = None
        logger.info("ledger.sealed", number=checkpoint.number, last=checkpoint.last)
        return len(positions) == MOST_EVENTS

    def _is_due(self, count: int) -> bool:
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
        waited = time.monotonic() - self._waiting_since
        return count == MOST_EVENTS or waited >= self._interval

    def _checkpoint(
        self, connection: Connection, before: Checkpoint | None, positions: list[int]
    ) -> Checkpoint:
        first, last = positions[0], positions[-1]
        leaves = [stored.leaf for stored in between(connection, first, last)]
        chain = before.chain if before else START
        for leaf in leaves:
            chain = link(chain, leaf)
        newest = tables.link_at(connection, last)
        if len(leaves) != len(positions) or chain != newest:
            raise BrokenChainError(
                f"the events from {first} to {last} are not those that were chained:"
                " see `proctor audit verify`"
            )
        unsigned = Checkpoint(
            number=before.number + 1 if before else 1,
            first=first,
            last=last,
            count=len(leaves),
            root=root(leaves),
            chain=chain,
            previous=before.digest if before else BEFORE_ALL,
            at=now(),
            key=self._key.public.id,
        )
        return unsigned.model_copy(update={"signature": self._key.sign(unsigned.statement)})


def _chained_after(connection: Connection, position: int) -> list[int]:
    rows = connection.execute(
        "SELECT position FROM ledger.links WHERE position > %s ORDER BY position LIMIT %s",
        (position, MOST_EVENTS),
    )
    return [row["position"] for row in rows]
