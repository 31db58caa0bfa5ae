"""The small values definitions are made of, each with the bounds it must keep."""

from __future__ import annotations

import unicodedata
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from domain.dispatch import HIGHEST_PRIORITY, LOWEST_PRIORITY

T = TypeVar("T")

LONGEST_TIMEOUT = 1500.0
"""Seconds: below RabbitMQ's acknowledgement timeout (30 minutes), which would end the lease."""


def _without_control_characters(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"}:
            raise ValueError(f"has the control character {character!a}; use plain text")
    return text


def not_empty(items: tuple[T, ...]) -> tuple[T, ...]:
    """Refuses nothing at all. (A `min_length` complains of every item that is wrong, too.)"""
    if not items:
        raise ValueError("needs at least one")
    return items


Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_without_control_characters),
]
PoolName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Priority = Annotated[int, Field(ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY, strict=True)]
Seconds = Annotated[float, Field(gt=0, le=LONGEST_TIMEOUT, allow_inf_nan=False, strict=True)]
Retries = Annotated[int, Field(ge=0, le=10, strict=True)]
LabelKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,63}$")]
LabelValue = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(_without_control_characters)
]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
VariableValue = Annotated[str, StringConstraints(max_length=10_000)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f]{1,100}$")]


class Frozen(BaseModel):
    """A value that travels: immutable, and strict about fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
