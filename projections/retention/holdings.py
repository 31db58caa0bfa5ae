"""What runs still have that may be removed, in tables of its own that follow the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import ProctorError, TooNewError
from domain.event import UnknownEvent
from domain.retention import ArtifactsRemoved, DetailsRemoved
from domain.run_events import VERDICTS, AttemptFailed, StepEvent, StepFailed, StepPassed
from domain.run_events import VerdictEvent as Verdict

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    import psycopg
    from psycopg.rows import DictRow

    from domain.event import Event
    from domain.log import EventLog, Recorded
    from projections.projection import Statement

    Connection = psycopg.Connection[DictRow]

_TABLES = (Path(__file__).parents[1] / "sql" / "retention.sql").read_text()
_BATCH = 2_000
_KINDS: tuple[type[Event], ...] = (
    StepPassed, StepFailed, AttemptFailed, *VERDICTS, ArtifactsRemoved, DetailsRemoved,
)  # fmt: skip
_NAMED = """
    INSERT INTO retention.artifacts (run_id, name, kind, size, sha256)
    VALUES (%(run)s, %(name)s, %(kind)s, %(size)s, %(sha256)s) ON CONFLICT DO NOTHING
"""
_OVER = """
    INSERT INTO retention.runs (run_id, status, over_at, over_position, has_artifacts)
    VALUES (%(run)s, %(status)s, %(at)s, %(position)s,
        EXISTS (SELECT FROM retention.artifacts WHERE run_id = %(run)s))
"""
_ARTIFACT_GOES = """
    UPDATE retention.artifacts SET said_at = %(position)s
    WHERE run_id = %(run)s AND name = %(name)s AND sha256 = %(sha256)s
"""
_HAS_ARTIFACTS = """
    UPDATE retention.runs SET has_artifacts = EXISTS (
        SELECT FROM retention.artifacts WHERE run_id = %(run)s AND said_at IS NULL)
    WHERE run_id = %(run)s
"""
_DETAILS_GO = "UPDATE retention.runs SET details_said_at = %(position)s WHERE run_id = %(run)s"


class StoppedError(ProctorError):
    """Whoever removes was told to stop; the next time it goes on."""


def make_tables(connection: Connection) -> None:
    """Makes them where they are missing."""
    connection.execute(_TABLES)


class Holdings:
    """The tables, on a connection of their own, and the log that they follow."""

    def __init__(
        self, connection: Connection, log: EventLog, stop: threading.Event | None = None
    ) -> None:
        self.connection = connection
        self.log = log
        self._stop = stop

    def catch_up(self) -> None:
        """Brings the tables to the log's head. Raises StoppedError once `stop` is set."""
        topics = [kind.TOPIC for kind in _KINDS]
        while batch := self.log.read(self._position(), _BATCH, topics):
            if self._stop is not None and self._stop.is_set():
                raise StoppedError("retention was told to stop")
            with self.connection.transaction(), self.connection.pipeline():
                self._take(batch)

    def _position(self) -> int:
        row = self.connection.execute("SELECT position FROM retention.position").fetchone()
        return int(row["position"]) if row else 0

    def _take(self, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            for statement, facts in _changes(recorded):
                self.connection.execute(statement, facts)
        position = batch[-1].position
        self.connection.execute("UPDATE retention.position SET position = %s", (position,))


def _changes(recorded: Recorded) -> Iterator[Statement]:
    event, position = recorded.event, recorded.position
    match event:
        case UnknownEvent():
            # A newer form of what names files: nobody here would know that they are in use. (Of new
            # kinds nothing is read: what they name is safe for as long as it is fresh.)
            raise TooNewError(f"position {position} of the log", event.topic)
        case StepEvent() | AttemptFailed() | Verdict():
            for artifact in event.artifacts:
                yield _NAMED, {"run": event.originator_id, **artifact.model_dump()}
        case ArtifactsRemoved():
            for artifact in event.artifacts:
                facts = {"run": event.run_id, "position": position, **artifact.model_dump()}
                yield _ARTIFACT_GOES, facts
            yield _HAS_ARTIFACTS, {"run": event.run_id}
        case DetailsRemoved():
            yield _DETAILS_GO, {"run": event.run_id, "position": position}
    if isinstance(event, Verdict):
        heading = {"run": event.originator_id, "position": position, "at": event.at}
        yield _OVER, {**heading, "status": VERDICTS[type(event)]}
