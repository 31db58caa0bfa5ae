"""The queue, as far as people steer it: paused or not, and which executors take from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field

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


ExecutorId = Annotated[str, Field(min_length=1, max_length=255)]


class ExecutorDrained(Event):
    """This executor takes no run any more; the one it has goes on to its end."""

    TOPIC: ClassVar[str] = "ExecutorDrained"
    NOUN: ClassVar[str] = "queue"

    executor: ExecutorId


class ExecutorResumed(Event):
    """This executor takes runs again."""

    TOPIC: ClassVar[str] = "ExecutorResumed"
    NOUN: ClassVar[str] = "queue"

    executor: ExecutorId


QUEUE_ID = uuid5(NAMESPACE_URL, "proctor:queue:default")
"""The queue's id: the same in every installation."""


@dataclass(frozen=True, slots=True)
class RunQueue:
    """A queue at one version of its history; at version 0 nobody has steered it yet."""

    id: UUID
    version: int = 0
    paused: bool = False
    drained: frozenset[str] = frozenset()

    def gives_to(self, executor: str) -> bool:
        """Whether this executor may take a run."""
        return not self.paused and executor not in self.drained

    def pause(self, by: str) -> QueuePaused:
        """Stop giving out runs."""
        if self.paused:
            raise IllegalTransitionError("the queue", "pause it", "paused")
        return QueuePaused(**self._next(by))

    def resume(self, by: str) -> QueueResumed:
        """Give out runs again."""
        if not self.paused:
            raise IllegalTransitionError("the queue", "resume it", "not paused")
        return QueueResumed(**self._next(by))

    def drain(self, by: str, executor: str) -> ExecutorDrained:
        """Give this executor no more runs."""
        if executor in self.drained:
            raise IllegalTransitionError(f"executor {executor}", "drain it", "drained")
        return ExecutorDrained(**self._next(by), executor=executor)

    def resume_executor(self, by: str, executor: str) -> ExecutorResumed:
        """Give this executor runs again."""
        if executor not in self.drained:
            raise IllegalTransitionError(f"executor {executor}", "resume it", "not drained")
        return ExecutorResumed(**self._next(by), executor=executor)

    def clear(self, by: str, cancelled: int) -> QueueCleared:
        """So many waiting runs were cancelled at once."""
        return QueueCleared(**self._next(by), cancelled=cancelled)

    def _next(self, by: str) -> dict[str, Any]:
        """What the event that comes next begins with."""
        return {"originator_id": self.id, "originator_version": self.version + 1, "by": by}


def replay(events: Iterable[Event]) -> RunQueue:
    """The queue after its whole history."""
    queue = RunQueue(QUEUE_ID)
    for event in events:
        queue = replace(_steered(queue, event), version=event.originator_version)
    return queue


def _steered(queue: RunQueue, event: Event) -> RunQueue:
    match event:
        case ExecutorDrained():
            return replace(queue, drained=queue.drained | {event.executor})
        case ExecutorResumed():
            return replace(queue, drained=queue.drained - {event.executor})
    # By its name: whatever else a newer Proctor may say of a pause, it is one.
    match event.topic:
        case QueuePaused.TOPIC:
            return replace(queue, paused=True)
        case QueueResumed.TOPIC:
            return replace(queue, paused=False)
    return queue
