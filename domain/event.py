"""What every event in the log has in common, and the way it is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent
from pydantic import Field

from domain.origin import origin
from domain.values import Frozen

if TYPE_CHECKING:
    from eventsourcing.domain import DomainEventProtocol

_kinds: dict[str, type[Event]] = {}
"""By their stored names."""

_HEADING = {"originator_id", "originator_version", "at", "by", "origin"}
_FOR_NOBODY = "hidden_"


def now() -> datetime:
    """The time for an event's `at`: for people to read, never to order by."""
    return datetime.now(UTC)


class Event(Frozen):
    """A fact: immutable, at one version of one aggregate.

    `TOPIC` is its stored name, chosen once and independent of where the class lives; `NOUN` is what
    it happened to. Facts named in `HIDDEN` are stored but shown to nobody; a new one's name begins
    with `hidden_`, by which an older Proctor knows. `at` is the clock of the process that wrote it,
    `by` the key id, executor or service whose doing it was, and `origin` where the command came
    from: a client's address, or `cli@host`; None of what nobody commanded. A class whose stored
    form changed raises `class_version` and defines `upcast_v1_v2(state)`.
    """

    TOPIC: ClassVar[str]
    NOUN: ClassVar[str]
    HIDDEN: ClassVar[frozenset[str]] = frozenset()
    class_version: ClassVar[int] = 1

    originator_id: UUID
    originator_version: int
    at: datetime = Field(default_factory=now)
    by: str
    origin: str | None = Field(default_factory=origin)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if "TOPIC" in cls.__dict__ and _kinds.setdefault(cls.TOPIC, cls) is not cls:
            raise TypeError(f"{cls.TOPIC} is the stored name of two classes")

    @property
    def topic(self) -> str:
        """Its stored name."""
        return self.TOPIC

    @property
    def noun(self) -> str:
        """What it happened to."""
        return self.NOUN

    def shown(self) -> dict[str, Any]:
        """The event's own facts, as far as they are for people to see."""
        return {name: fact for name, fact in self.data().items() if name not in self.HIDDEN}

    def data(self) -> dict[str, Any]:
        """The event's own facts, as JSON values."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=_HEADING)


class UnknownEvent(Event):
    """What a newer Proctor wrote: of a kind that this one does not know, or in a newer form.

    It keeps its place in every history and is shown as it is stored. Nobody can say what it means,
    so nothing here ever writes one.
    """

    NOUN: ClassVar[str] = "unknown"

    stored_topic: str
    state: dict[str, Any]
    """What is stored, without the heading."""

    @property
    def topic(self) -> str:
        """Its stored name."""
        return self.stored_topic

    @property
    def noun(self) -> str:
        """What it happened to, where only its form is new."""
        kind = kind_of(self.stored_topic)
        return kind.NOUN if kind is not None else self.NOUN

    def shown(self) -> dict[str, Any]:
        """What is stored, as far as its names do not say that it is for nobody."""
        return shown_raw(self.state)

    def data(self) -> dict[str, Any]:
        """What is stored."""
        return dict(self.state)


def kind_of(topic: str) -> type[Event] | None:
    """The class whose stored name is `topic`; None if a newer Proctor made that up."""
    return _kinds.get(topic)


def topics(noun: str | None = None) -> list[str]:
    """The stored names of everything that can happen, or of what can happen to `noun`."""
    return sorted(topic for topic, kind in _kinds.items() if noun in {None, kind.NOUN})


def nouns() -> list[str]:
    """Everything that something can happen to."""
    return sorted({kind.NOUN for kind in _kinds.values()})


def shown_raw(state: dict[str, Any]) -> dict[str, Any]:
    """What people may see of the facts of an event that nobody here knows."""
    hidden = {name for kind in _kinds.values() for name in kind.HIDDEN}
    return {
        name: fact
        for name, fact in state.items()
        if name not in hidden and not name.startswith(_FOR_NOBODY)
    }


class EventMapper(Mapper[UUID]):
    """Between events and stored bytes: plain JSON, which an auditor can read without this code."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The bytes of `domain_event`, which must be an `Event` that this Proctor knows."""
        if not isinstance(domain_event, Event) or isinstance(domain_event, UnknownEvent):
            raise TypeError(f"only known events are stored, got {type(domain_event).__name__}")
        state: dict[str, Any] = {"at": domain_event.at.isoformat(), "by": domain_event.by}
        if domain_event.origin is not None:
            state["origin"] = domain_event.origin
        state |= domain_event.data()
        if domain_event.class_version > 1:
            state["class_version"] = domain_event.class_version
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.topic,
            state=json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode(),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        """The event of `stored_event`, upcast to its class's present form.

        An UnknownEvent where there is no such class, or where its present form is an older one.
        """
        kind = kind_of(stored_event.topic)
        state = json.loads(stored_event.state)
        heading: dict[str, Any] = {
            "originator_id": UUID(str(stored_event.originator_id)),
            "originator_version": stored_event.originator_version,
            # Where it came from, not where whoever reads it comes from.
            "origin": state.pop("origin", None),
        }
        version = state.get("class_version", 1)
        if kind is None or version > kind.class_version:
            heading |= {"at": state.pop("at"), "by": state.pop("by")}
            return UnknownEvent(**heading, stored_topic=stored_event.topic, state=state)
        state.pop("class_version", None)
        for older in range(version, kind.class_version):
            getattr(kind, f"upcast_v{older}_v{older + 1}")(state)
        return kind(**heading, **state)
