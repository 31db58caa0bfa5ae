"""What the runs of one batch have asked of models together, where their batch has a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid5

from domain.event import Event

if TYPE_CHECKING:
    from collections.abc import Iterable


class TokensSpent(Event):
    """A run of the batch asked a model: so many requests, and tokens read and written."""

    TOPIC: ClassVar[str] = "TokensSpent"
    NOUN: ClassVar[str] = "batch"

    batch_id: UUID
    run_id: UUID
    calls: int
    input_tokens: int
    output_tokens: int


def spending_id(batch_id: UUID) -> UUID:
    """The aggregate that a batch's spending belongs to."""
    return uuid5(batch_id, "spending")


def spent(events: Iterable[Event]) -> tuple[int, int]:
    """Calls and tokens, of the batch's whole history."""
    told = [event for event in events if isinstance(event, TokensSpent)]
    tokens = sum(event.input_tokens + event.output_tokens for event in told)
    return sum(event.calls for event in told), tokens
