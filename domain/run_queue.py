"""The queue, as far as people steer it: paused or not, in every pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.errors import IllegalTransitionError
from domain.event import Event

if TYPE_CHECKING:
    from collections.abc import Iterable


class QueuePaused(Event):
    """No executor takes a run until the queue is resumed; running ones end."""

    TOPIC: ClassVar[str] = "QueuePaused"
    NOUN: ClassVar[str] = "queue"


class QueueResumed(Event):
    """Executors take runs again."""

    TOPIC: ClassVar[str] = "QueueResumed"
    NOUN: ClassVar[str] = "queue"


class QueueCleared(Event):
    """Somebody had all runs cancelled that waited: so many, and each has an event of its own."""

    TOPIC: ClassVar[str] = "QueueCleared"
    NOUN: ClassVar[str] = "queue"

    cancelled: int


QUEUE_ID = uuid5(NAMESPACE_URL, "proctor:queue:default")
"""The queue's id: the same in every installation."""


@dataclass(frozen=True, slots=True)
class RunQueue:
    """A queue at one version of its history; at version 0 nobody has steered it yet."""

    id: UUID
    version: int = 0
    paused: bool = False

    def pause(self, by: str) -> QueuePaused:
        """Stop giving out runs."""
        if self.paused:
            raise IllegalTransitionError("the queue", "pause it", "paused")
        return QueuePaused(originator_id=self.id, originator_version=self.version + 1, by=by)

    def resume(self, by: str) -> QueueResumed:
        """Give out runs again."""
        if not self.paused:
            raise IllegalTransitionError("the queue", "resume it", "not paused")
        return QueueResumed(originator_id=self.id, originator_version=self.version + 1, by=by)

    def clear(self, by: str, cancelled: int) -> QueueCleared:
        """So many waiting runs were cancelled at once."""
        heading = {"originator_id": self.id, "originator_version": self.version + 1}
        return QueueCleared(**heading, by=by, cancelled=cancelled)


def replay(events: Iterable[Event]) -> RunQueue:
    """The queue after its whole history."""
    queue = RunQueue(QUEUE_ID)
    for event in events:
        queue = RunQueue(QUEUE_ID, event.originator_version, _paused(queue, event))
    return queue


def _paused(queue: RunQueue, event: Event) -> bool:
    """By its name: whatever else a newer Proctor may say of a pause, it is one."""
    match event.topic:
        case QueuePaused.TOPIC:
            return True
        case QueueResumed.TOPIC:
            return False
    return queue.paused
