"""From events that are not what was chained at their place to what happened to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.retention import MARK
from domain.stored import link
from projections.ledger.finding import Finding
from projections.ledger.removals import NOT_AS_SAID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.stored import Stored


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place in the log: the event there now, and the links before and at it, as far as any is."""

    position: int
    event: Stored | None
    before: bytes
    chained: bytes | None

    def was(self, event: Stored) -> bool:
        """Whether it is `event` that was chained here."""
        return link(self.before, event.at(self.position)) == self.chained


def named(mismatches: Sequence[Mismatch]) -> list[Finding]:
    """A finding for each."""
    return [_named(mismatch, mismatches) for mismatch in mismatches]


def _named(mismatch: Mismatch, others: Sequence[Mismatch]) -> Finding:
    at, event = mismatch.position, mismatch.event
    if event is None:
        return Finding("removed", at, f"the event at position {at} was removed")
    what = f"the event at position {at} ({event.topic}, version {event.originator_version} of"
    what += f" {event.originator_id})"
    home = next((other.position for other in others if other.was(event)), None)
    if home is not None:
        return Finding("reordered", at, f"{what} was chained at position {home}, and moved")
    if mismatch.chained is None:
        return Finding("inserted", at, f"{what} was inserted: nothing was chained there")
    if MARK in event.state:
        return Finding("altered", at, f"{what} {NOT_AS_SAID}")
    return Finding("altered", at, f"{what} was altered, or its link was")
