"""Where a command comes from, known to whatever it brings about without being handed down to it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_origin: ContextVar[str | None] = ContextVar("origin", default=None)


def origin() -> str | None:
    """Where the command in hand comes from: a client's address, or `cli@host`.

    None where nobody commands: an executor and the dispatcher act of themselves.
    """
    return _origin.get()


@contextmanager
def coming_from(place: str | None) -> Iterator[None]:
    """What is done within is done by a command from `place`, in this thread and those that take its
    context along, as `asyncio.to_thread` does."""
    before = _origin.set(place)
    try:
        yield
    finally:
        _origin.reset(before)
