"""Whether checkpoints are the words of a key that is trusted, one following on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.checkpoint import BEFORE_ALL
from projections.ledger.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.checkpoint import Checkpoint
    from runtime.signing import PublicKey


class Trust:
    """Takes checkpoints in their order. `keys` are those whose word counts."""

    def __init__(self, keys: Collection[PublicKey]) -> None:
        self._keys = {key.id: key for key in keys}
        self._previous: Checkpoint | None = None

    def doubt(self, checkpoint: Checkpoint) -> Finding | None:
        """What is wrong with its signature, if anything."""
        key = self._keys.get(checkpoint.key)
        if key is None:
            known = ", ".join(self._keys) or "none"
            return _wrong(checkpoint, f"is signed with key {checkpoint.key}, trusted is {known}")
        if not key.accepts(checkpoint.statement, checkpoint.signature):
            return _wrong(checkpoint, f"has a signature that key {key.id} did not make for it")
        return None

    def doubt_next(self, checkpoint: Checkpoint) -> Finding | None:
        """What is wrong with its signature or with its place behind the one taken before."""
        before, self._previous = self._previous, checkpoint
        number, digest = (before.number, before.digest) if before else (0, BEFORE_ALL)
        if checkpoint.number != number + 1:
            return _wrong(checkpoint, f"follows on checkpoint {number}: one is missing")
        if checkpoint.previous != digest:
            return _wrong(checkpoint, "names another checkpoint before it than there is")
        return self.doubt(checkpoint)


def _wrong(checkpoint: Checkpoint, what: str) -> Finding:
    return Finding("checkpoint", checkpoint.last, f"checkpoint {checkpoint.number} {what}")
