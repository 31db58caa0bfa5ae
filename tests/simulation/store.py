"""The database: the log in memory with its version check, and what a process sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from eventsourcing.persistence import IntegrityError, Notification, OperationalError
from eventsourcing.popo import POPOApplicationRecorder

from domain.log import EventLog
from tests.simulation.judge import Judge
from tests.simulation.stepping import reach_out
from tests.simulation.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from eventsourcing.persistence import StoredEvent

    from domain.event import Event
    from tests.simulation.stepping import Clock

Trouble = Literal["refused", "answer lost"]


class MemoryRecorder(POPOApplicationRecorder):
    """The library's recorder, which refuses a version that is taken; and it can forget."""

    def select_history(self, *originator_ids: UUID) -> list[Notification]:
        """As the log asks for it."""
        wanted = set(originator_ids)
        return [
            Notification(
                id=number,
                originator_id=stored.originator_id,
                originator_version=stored.originator_version,
                topic=stored.topic,
                state=stored.state,
            )
            for number, stored in enumerate(self._stored_events, 1)
            if stored.originator_id in wanted
        ]

    def _insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Any:
        """As `proctor_append` does it: nothing behind an event that is not there."""
        given = {(each.originator_id, each.originator_version) for each in stored_events}
        for each in stored_events:
            before = each.originator_version - 1
            kept = self._stored_events_index[str(each.originator_id)]
            if before and before not in kept and (each.originator_id, before) not in given:
                raise IntegrityError("the version before is not there")
        return super()._insert_events(stored_events, **kwargs)

    def forget(self, after: int) -> None:
        """Drops what was stored behind the position `after`."""
        lost: Sequence[StoredEvent] = self._stored_events[after:]
        del self._stored_events[after:]
        for stored in lost:
            del self._stored_events_index[str(stored.originator_id)][stored.originator_version]


class Store:
    """The log, the dispatcher's tables, and what befalls them."""

    def __init__(self, clock: Clock) -> None:
        self.up = True
        self.recorder = MemoryRecorder()
        self.log = EventLog(self.recorder)
        self.tables = Tables(clock, self)
        self.judge = Judge(clock)
        self._on_disk = 0

    def append(self, author: object, events: Sequence[Event], *, durable: bool) -> int:
        """Commits, and has the judge read what is stored. Raises ConflictError."""
        before = self.log.head()
        position = self.log.append(*events)
        self.judge.note(author, [recorded.event for recorded in self.log.read(before)])
        if durable:
            self.flushed()
        return position

    def flushed(self) -> None:
        """Something was committed synchronously, and with it everything before."""
        self._on_disk = self.log.head()

    def crash(self, forgotten: int) -> None:
        """Loses up to so many of the last events, none of which waited for the disk."""
        kept = max(self._on_disk, self.log.head() - forgotten)
        self.recorder.forget(kept)
        self.judge.forget(kept)
        self.tables.disconnect()

    def close(self) -> None:
        """The end of the world."""
        self.tables.close()
        self.log.close()


class Wire:
    """One process's connection to the log; `trouble` befalls its next append."""

    def __init__(self, store: Store, author: object) -> None:
        self._store = store
        self._author = author
        self.trouble: Trouble | None = None

    def append(self, *events: Event, durable: bool = True) -> int:
        """Commits in this process's name."""
        reach_out()
        trouble, self.trouble = self.trouble, None
        self._require(trouble != "refused")
        position = self._store.append(self._author, events, durable=durable)
        self._require(trouble != "answer lost")
        return position

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store.log, name)

        def read(*args: Any, **kwargs: Any) -> Any:
            reach_out()
            self._require(self._store.up)
            return method(*args, **kwargs)

        return read

    def _require(self, answers: bool) -> None:
        if not (answers and self._store.up):
            raise OperationalError("the database is away")
