"""What every event in the log has in common, and the way it is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import register_topic, resolve_topic
from pydantic import Field

from domain.values import Frozen

if TYPE_CHECKING:
    from eventsourcing.domain import DomainEventProtocol


def now() -> datetime:
    """The time for an event's `at`: for people to read, never to order by."""
    return datetime.now(UTC)


class Event(Frozen):
    """A fact: immutable, at one version of one aggregate.

    `TOPIC` is its stored name, chosen once and independent of where the class lives; `NOUN` is what
    it happened to. Facts named in
    `HIDDEN` are stored but shown to nobody. `at` is the
    clock of the process that wrote it, `by` the key id, executor or service whose doing it was.
    A class whose stored form changed raises `class_version` and defines `upcast_v1_v2(state)`.
    """

    TOPIC: ClassVar[str]
    NOUN: ClassVar[str]
    HIDDEN: ClassVar[frozenset[str]] = frozenset()
    class_version: ClassVar[int] = 1

    originator_id: UUID
    originator_version: int
    at: datetime = Field(default_factory=now)
    by: str

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if "TOPIC" in cls.__dict__:
            register_topic(cls.TOPIC, cls)

    def shown(self) -> dict[str, Any]:
        """The event's own facts, as far as they are for people to see."""
        return {name: fact for name, fact in self.data().items() if name not in self.HIDDEN}

    def data(self) -> dict[str, Any]:
        """The event's own facts, as JSON values."""
        heading = {"originator_id", "originator_version", "at", "by"}
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=heading)


class EventMapper(Mapper[UUID]):
    """Between events and stored bytes: plain JSON, which an auditor can read without this code."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The bytes of `domain_event`, which must be an `Event`."""
        if not isinstance(domain_event, Event):
            raise TypeError(f"only events are stored, got {type(domain_event).__name__}")
        state = {"at": domain_event.at.isoformat(), "by": domain_event.by, **domain_event.data()}
        if domain_event.class_version > 1:
            state["class_version"] = domain_event.class_version
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.TOPIC,
            state=json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode(),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        """The event of `stored_event`, upcast to its class's present form.

        Raises `eventsourcing.utils.TopicError` for a name this version does not know.
        """
        event_class: type[Event] = resolve_topic(stored_event.topic)
        state = json.loads(stored_event.state)
        for version in range(state.pop("class_version", 1), event_class.class_version):
            getattr(event_class, f"upcast_v{version}_v{version + 1}")(state)
        return event_class(
            originator_id=UUID(str(stored_event.originator_id)),
            originator_version=stored_event.originator_version,
            **state,
        )
