"""Following the log: read a batch, handle it, commit what came of it with the position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from runtime.database import connect
from runtime.ears import listening
from runtime.metrics import FOLLOWER_EVENTS, FOLLOWER_LAG
from runtime.recorder import EVENTS_TABLE

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    import psycopg
    from psycopg.rows import DictRow

BATCH = 500
_IDLE_CHECK = 2.0
"""Seconds after which the log is read without a notification: they are hints, not promises."""


class Positioned(Protocol):
    """Something at its place in the log."""

    @property
    def position(self) -> int:
        """Grows along the log."""


P = TypeVar("P", bound=Positioned)
P_co = TypeVar("P_co", bound=Positioned, covariant=True)
P_contra = TypeVar("P_contra", bound=Positioned, contravariant=True)


class Source(Protocol[P_co]):
    """Where a follower reads: the log, as events or as they are stored."""

    def read(self, after: int, limit: int) -> Sequence[P_co]:
        """Up to `limit` events behind the position `after`, in the log's order."""

    def head(self) -> int:
        """The newest position."""


class Handler(Protocol[P_contra]):
    """What is done with the events. It owns the table its position stands in."""

    name: str

    def prepare(self, connection: psycopg.Connection[DictRow]) -> None:
        """Called once before the first batch of every start."""

    def lock_position(self, connection: psycopg.Connection[DictRow]) -> int:
        """The position handled last, locked until the transaction ends."""

    def handle(self, connection: psycopg.Connection[DictRow], batch: Sequence[P_contra]) -> None:
        """Handles a batch and stores its last position, inside the open transaction."""

    def handled(self, batch: Sequence[P_contra]) -> None:
        """Called after the commit."""


class Follower(Generic[P]):
    """A component that feeds one handler, at least once and in order.

    Several followers with the same handler may run, in any processes: the lock on the position
    lets one work at a time, and the others go on from where it ended.
    """

    def __init__(
        self,
        url: str,
        log: Source[P],
        handler: Handler[P],
        batch: int = BATCH,
        *,
        gather: float = 0.0,
    ) -> None:
        """Where nobody waits, what happens in `gather` seconds shares a transaction."""
        self.name = handler.name
        self._url = url
        self._log = log
        self._handler = handler
        self._batch = batch
        self._gather = gather

    def run(self, stop: threading.Event) -> None:
        """Follows until `stop` is set. Raises on whatever the handler or the database raises."""
        name = f"proctor {self.name}"
        with (
            listening(self._url, name, EVENTS_TABLE) as ears,
            connect(self._url, name) as connection,
        ):
            self._handler.prepare(connection)
            while not stop.is_set():
                if not self.step(connection):
                    ears.wait(stop, _IDLE_CHECK)
                    stop.wait(self._gather)

    def step(self, connection: psycopg.Connection[DictRow]) -> bool:
        """Handles the next batch; returns whether more may be waiting."""
        with connection.transaction():
            position = self._handler.lock_position(connection)
            batch = self._log.read(position, self._batch)
            if batch:
                self._handler.handle(connection, batch)
        more = len(batch) == self._batch
        if batch:
            self._handler.handled(batch)
            FOLLOWER_EVENTS.labels(self.name).inc(len(batch))
        FOLLOWER_LAG.labels(self.name).set(self._log.head() - batch[-1].position if more else 0)
        return more
