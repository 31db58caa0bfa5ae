"""An event as it is stored: what a proof is about, readable without knowing its type."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

_FACT = b"\x00"
_LINK = b"\x02"

START = bytes(32)
"""The link before the first event."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One row of the log; `state` are its bytes as they were written."""

    position: int
    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes

    def at(self, position: int) -> bytes:
        """The hash of this event, were it at `position`: SHA-256 over all there is of it.

        Every part but the last is of a known length or told its length, so no two events with
        different parts are the same bytes.
        """
        topic = self.topic.encode()
        return hashlib.sha256(
            _FACT
            + position.to_bytes(8, signed=True)
            + self.originator_id.bytes
            + self.originator_version.to_bytes(8, signed=True)
            + len(topic).to_bytes(4)
            + topic
            + self.state
        ).digest()

    @property
    def leaf(self) -> bytes:
        """The hash of this event where it is."""
        return self.at(self.position)


def link(previous: bytes, leaf: bytes) -> bytes:
    """Chains an event to all before it."""
    return hashlib.sha256(_LINK + previous + leaf).digest()
