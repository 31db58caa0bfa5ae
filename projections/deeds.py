"""The deeds: what somebody's command brought about, with who gave it and from where."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from domain.api_key import FIRST_START, KeyCreated, KeyRevoked
from domain.event import UnknownEvent
from domain.retention import ArtifactsRemoved, DetailsRemoved, RetentionEvent
from domain.run_events import PriorityChanged, RunEvent, RunRequested
from domain.run_queue import ExecutorDrained, ExecutorResumed, QueueCleared
from domain.test_decisions import DecisionsForgotten
from domain.test_definition import TestArchived, TestCreated, TestRevised
from projections.past.removing import subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.event import Event
    from domain.log import Recorded
    from projections.projection import Statement

KEY = "key:"
"""What `by` begins with where the command was given with a key; its id follows."""

_LONGEST = 300

_DONE = """
    INSERT INTO deeds (position, at, by, origin, type, noun, subject, description)
    SELECT %(position)s, %(at)s, %(by)s, %(origin)s, %(type)s, %(noun)s, %(subject)s, {what}
"""
_NAMED = "coalesce((SELECT {what} FROM {table} WHERE id = %(subject)s), %(said)s::text)"
_ITSELF = _DONE.format(what="%(said)s::text")
_OF_RUN = _DONE.format(what=_NAMED.format(what="concat(name, %(said)s::text)", table="runs"))
_OF_TEST = _DONE.format(what=_NAMED.format(what="name", table="tests"))
_OF_KEY = _DONE.format(what=_NAMED.format(what="concat(name, ', ', role)", table="keys"))
_URGENCY = _DONE.format(
    what=_NAMED.format(
        what="concat(name, ': priority ', priority, ' -> ', %(said)s::text)", table="runs"
    )
)
_ORIGINS_REMOVED = """
    UPDATE deeds SET origin = NULL WHERE position = ANY(%(positions)s) AND origin IS NOT NULL
"""


def deeds(recorded: Recorded) -> Iterator[Statement]:
    """The row of the event, if it is somebody's deed.

    The rows of runs, tests and keys must stand as they did before it: they have the names, and what
    is changed.
    """
    event = recorded.event
    if isinstance(event, DetailsRemoved):
        positions = [redacted.position for redacted in event.events]
        yield _ORIGINS_REMOVED, {"positions": positions}
    if not isinstance(event, UnknownEvent) and _is_deed(event):
        statement, said = _described(event)
        heading: dict[str, Any] = {
            "position": recorded.position,
            "at": event.at,
            "by": event.by,
            "origin": event.origin,
            "type": event.topic,
            "noun": event.noun,
            "subject": subject(event),
        }
        yield statement, {**heading, "said": said[:_LONGEST]}


def _is_deed(event: Event) -> bool:
    """Also what was written before origins were noted; and what a rule had removed, for whoever
    looks for what is gone."""
    commanded = event.origin is not None or event.by.startswith(KEY) or event.by == FIRST_START
    return commanded or isinstance(event, RetentionEvent)


@singledispatch
def _described(event: Event) -> tuple[str, str]:
    """The statement, and what is said in it beside what it finds."""
    return (_OF_RUN, "") if isinstance(event, RunEvent) else (_ITSELF, "")


@_described.register
def _(event: RunRequested) -> tuple[str, str]:
    return _ITSELF, f"{event.definition.name}, priority {event.definition.priority}"


@_described.register
def _(event: PriorityChanged) -> tuple[str, str]:
    return _URGENCY, str(event.priority)


@_described.register
def _(event: TestCreated) -> tuple[str, str]:
    return _ITSELF, event.definition.name


@_described.register
def _(event: TestRevised) -> tuple[str, str]:
    return _ITSELF, f"{event.definition.name}, version {event.test_version}"


@_described.register
def _(event: TestArchived) -> tuple[str, str]:  # noqa: ARG001
    return _OF_TEST, ""


@_described.register
def _(event: DecisionsForgotten) -> tuple[str, str]:
    return _ITSELF, f"{event.test}: {event.instruction or 'all of them'}"


@_described.register
def _(event: KeyCreated) -> tuple[str, str]:
    return _ITSELF, f"{event.name}, {event.role}"


@_described.register
def _(event: KeyRevoked) -> tuple[str, str]:  # noqa: ARG001
    return _OF_KEY, ""


@_described.register
def _(event: QueueCleared) -> tuple[str, str]:
    return _ITSELF, f"{event.cancelled} runs cancelled"


@_described.register
def _(event: ExecutorDrained) -> tuple[str, str]:
    return _ITSELF, event.executor


@_described.register
def _(event: ExecutorResumed) -> tuple[str, str]:
    return _ITSELF, event.executor


@_described.register
def _(event: ArtifactsRemoved) -> tuple[str, str]:
    return _OF_RUN, f": {len(event.artifacts)} artifacts, {event.rule}"


@_described.register
def _(event: DetailsRemoved) -> tuple[str, str]:
    return _OF_RUN, f": details of {len(event.events)} events, {event.rule}"
