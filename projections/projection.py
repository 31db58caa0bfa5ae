"""What one projection is: it turns events into statements on its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import Recorded

Statement = tuple[str, dict[str, Any]]
"""SQL with named parameters."""


class Projection(Protocol):
    """A pure function from an event to what it changes; every moment of every view comes of it."""

    def __call__(self, recorded: Recorded) -> Iterator[Statement]:
        """The statements, in order, that this event comes to."""
