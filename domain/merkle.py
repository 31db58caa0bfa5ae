"""Merkle trees, as RFC 6962 has them: one hash for many, and short proofs of each."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NODE = b"\x01"
"""Before a node's two children, so that no node can be taken for an event."""


class Tree:
    """The tree over `leaves`, of which there is at least one."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The hash of all of them."""
        return self._levels[-1][0]

    def proof(self, index: int) -> list[bytes]:
        """What has to be known besides the leaf at `index` to come to the root, leaf first."""
        path = []
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            index //= 2
        return path


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash of all `leaves`, of which there is at least one."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of a tree of `size` leaves that has `leaf` at `index`; None if the proof does not
    fit such a tree."""
    if not 0 <= index < size:
        return None
    rest, found = list(path), leaf
    while size > 1:
        if index ^ 1 < size:
            if not rest:
                return None
            sibling = rest.pop(0)
            found = _node(sibling, found) if index % 2 else _node(found, sibling)
        index, size = index // 2, (size + 1) // 2
    return None if rest else found


def _above(level: list[bytes]) -> list[bytes]:
    """The level above; a node without a sibling is moved up as it is."""
    pairs = [_node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
