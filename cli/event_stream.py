"""The live stream's lines, however they are cut into pieces on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.answers import json_object

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = b"data: "


class EventStream:
    """Events from the bytes of a stream.

    Lines end with a line feed and nothing else: httpx's own `iter_lines` also cuts at U+2028 and
    its like, which a tested page may have put into a message.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[dict[str, Any] | None]:
        """An event for each that is complete, None for every other line: a sign of life.

        Raises AwayError for an event that is no JSON.
        """
        first, *others = piece.split(b"\n")
        self._pieces.append(first)
        for other in others:
            yield _event(b"".join(self._pieces))
            self._pieces = [other]

    def end(self) -> None:
        """Raises AwayError if the stream ended inside an event."""
        _event(b"".join(self._pieces))


def _event(line: bytes) -> dict[str, Any] | None:
    if not line.startswith(_DATA):
        return None
    return json_object(line[len(_DATA) :].decode(errors="replace"))
