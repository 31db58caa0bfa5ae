"""The keeper: runs retention by the settings' rules every so often, where one process does all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from domain.errors import ProctorError
from projections.retention.holdings import StoppedError
from projections.retention.retaining import Wanted, retain
from runtime.artifacts import ArtifactStore
from runtime.database import open_log
from runtime.lifecycle import Crew

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from domain.log import EventLog
    from runtime.settings import Settings

logger = structlog.get_logger()

BY = "retention"
_FIRST_AFTER = 60.0
"""Seconds: a start has more urgent things to do."""


@contextmanager
def keeper(url: str, settings: Settings) -> Iterator[Crew]:
    """The keeper at work on the database at `url`, if the settings have a rule; else nobody."""
    if not settings.retain_artifacts and not settings.retain_details:
        yield Crew([])
        return
    with (
        open_log(url, "proctor retention", connections=1) as log,
        Crew([Keeper(url, log, settings)]) as crew,
    ):
        yield crew


class Keeper:
    """A component."""

    name = "retention"

    def __init__(self, url: str, log: EventLog, settings: Settings) -> None:
        self._url = url
        self._log = log
        self._store = ArtifactStore(settings.artifacts)
        self._wanted = Wanted(settings.retain_artifacts, settings.retain_details, BY)
        self._interval = settings.retention_interval

    def run(self, stop: threading.Event) -> None:
        """Looks every interval until `stop` is set. Raises psycopg's errors."""
        pause = min(_FIRST_AFTER, self._interval)
        while not stop.wait(pause):
            self.look(stop)
            pause = self._interval

    def look(self, stop: threading.Event) -> None:
        """Removes what is due, as far as it comes before `stop` is set."""
        try:
            removed = retain(self._url, self._log, self._store, self._wanted, stop)
        except StoppedError:
            return
        except ProctorError as error:
            # No reason to call the server unwell: what is due stays due.
            logger.warning("retention.failed", error=str(error))
            return
        logger.info(
            "retention.done",
            artifacts=removed.artifacts.artifacts,
            details_of=removed.details.runs,
        )
