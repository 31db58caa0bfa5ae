"""The decisions known for a test: they come of runs that passed, and people may forget them."""

from __future__ import annotations

from typing import ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.event import Event
from domain.values import Text


class DecisionsForgotten(Event):
    """What was known of a test's steps in words is to be decided anew: of one instruction, or all.

    `test` is a kept test's id, or the name of runs submitted inline.
    """

    TOPIC: ClassVar[str] = "DecisionsForgotten"
    NOUN: ClassVar[str] = "decisions"

    test: Text
    instruction: Text | None = None


def decisions_id(test: str) -> UUID:
    """The aggregate that a test's decisions belong to."""
    return uuid5(NAMESPACE_URL, f"proctor:decisions:{test}")


def forget(test: str, version: int, by: str, instruction: str | None = None) -> DecisionsForgotten:
    """The event behind `version` of the test's decisions."""
    return DecisionsForgotten(
        originator_id=decisions_id(test),
        originator_version=version + 1,
        by=by,
        test=test,
        instruction=instruction,
    )
