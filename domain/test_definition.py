"""A test that is kept: a definition with versions, so every run remembers which one it ran."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from domain.definition import Definition
from domain.errors import IllegalTransitionError
from domain.event import Event

if TYPE_CHECKING:
    from uuid import UUID


class TestEvent(Event):
    """An event of a test definition."""

    NOUN: ClassVar[str] = "test"

    __test__: ClassVar[bool] = False


class TestCreated(TestEvent):
    """Somebody created the test; this is its version 1."""

    TOPIC: ClassVar[str] = "TestCreated"

    definition: Definition


class TestRevised(TestEvent):
    """The test got a new version."""

    TOPIC: ClassVar[str] = "TestRevised"

    test_version: int
    definition: Definition


class TestArchived(TestEvent):
    """The test is no longer offered; its runs keep their history."""

    TOPIC: ClassVar[str] = "TestArchived"


@dataclass(frozen=True, slots=True)
class TestDefinition:
    """A test at one version of its history; `test_version` counts its revisions from 1."""

    __test__: ClassVar[bool] = False

    id: UUID
    version: int
    definition: Definition
    test_version: int = 1
    archived: bool = False

    def revise(self, by: str, definition: Definition) -> TestRevised:
        """The test becomes another."""
        self._require_offered("revise")
        return TestRevised(
            originator_id=self.id,
            originator_version=self.version + 1,
            by=by,
            test_version=self.test_version + 1,
            definition=definition,
        )

    def archive(self, by: str) -> TestArchived:
        """The test is no longer offered."""
        self._require_offered("archive")
        return TestArchived(originator_id=self.id, originator_version=self.version + 1, by=by)

    def _require_offered(self, command: str) -> None:
        if self.archived:
            raise IllegalTransitionError(f"test {self.id}", f"{command} it", "archived")


def create(test_id: UUID, by: str, definition: Definition) -> TestCreated:
    """The first event of a test."""
    return TestCreated(originator_id=test_id, originator_version=1, by=by, definition=definition)


def evolve(test: TestDefinition | None, event: Event) -> TestDefinition:
    """The test after `event`, the next in its history."""
    if isinstance(event, TestCreated):
        return TestDefinition(event.originator_id, event.originator_version, event.definition)
    if test is None:
        raise TypeError(f"a test begins with TestCreated, not {event.topic}")
    test = replace(test, version=event.originator_version)
    if isinstance(event, TestRevised):
        return replace(test, definition=event.definition, test_version=event.test_version)
    return replace(test, archived=event.topic == TestArchived.TOPIC or test.archived)
