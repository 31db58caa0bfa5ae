"""The herald: carries checkpoints to where the database's owner cannot change them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import httpx
import structlog

from domain.errors import ProctorError
from projections.ledger import tables
from runtime.backoff import Backoff
from runtime.database import connect

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from pathlib import Path

    from domain.checkpoint import Checkpoint

logger = structlog.get_logger()

_LOOK_EVERY = 1.0
_TIMEOUT = 10.0


class DeliveryError(ProctorError):
    """A checkpoint could not be delivered; it will be tried again."""


class Destination(Protocol):
    """Somewhere else."""

    name: str

    def deliver(self, checkpoint: Checkpoint) -> None:
        """Delivers one. Raises DeliveryError."""


class CheckpointFile:
    """A file with a line for each: on a disk that only ever grows, or another machine's."""

    def __init__(self, path: Path) -> None:
        self.name = f"file:{path}"
        self._path = path

    def deliver(self, checkpoint: Checkpoint) -> None:
        """Adds its line, and waits for the disk. Raises DeliveryError."""
        try:
            with self._path.open("a") as file:
                file.write(checkpoint.model_dump_json() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DeliveryError(f"{self._path}: {error.strerror}") from error


class Webhook:
    """A URL that each is sent to, as JSON."""

    def __init__(self, url: str) -> None:
        self.name = url
        self._url = url

    def deliver(self, checkpoint: Checkpoint) -> None:
        """Posts it, and wants a 2xx. Raises DeliveryError."""
        headers = {"Content-Type": "application/json"}
        body = checkpoint.model_dump_json()
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=_TIMEOUT)
        except httpx.HTTPError as error:
            raise DeliveryError(f"{self._url}: {error or type(error).__name__}") from error
        if not answer.is_success:
            raise DeliveryError(f"{self._url} answered {answer.status_code}")


class Herald:
    """A component: delivers every checkpoint to each destination, at least once and in order."""

    name = "herald"

    def __init__(self, url: str, destinations: Sequence[Destination]) -> None:
        self.trouble: str | None = None
        self._url = url
        self._destinations = destinations

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set. Raises psycopg's errors."""
        backoff = Backoff()
        with connect(self._url, "proctor herald") as connection:
            while not stop.is_set():
                try:
                    for destination in self._destinations:
                        self.bring_up_to_date(connection, destination)
                    self.trouble = None
                    backoff.reset()
                    stop.wait(_LOOK_EVERY)
                except DeliveryError as error:
                    self.trouble = f"a checkpoint was not delivered: {error}"
                    logger.warning("ledger.not_delivered", error=str(error))
                    stop.wait(backoff.next())

    def bring_up_to_date(self, connection: tables.Connection, destination: Destination) -> None:
        """Delivers what the destination does not have yet. Raises DeliveryError."""
        while self._deliver_next(connection, destination):
            pass

    def _deliver_next(self, connection: tables.Connection, destination: Destination) -> bool:
        # Locked while delivering, so that of several heralds one speaks.
        with connection.transaction():
            sent = tables.lock_delivered(connection, destination.name)
            for checkpoint in tables.checkpoints(connection, sent, limit=1):
                destination.deliver(checkpoint)
                tables.save_delivered(connection, destination.name, checkpoint.number)
                return True
        return False
