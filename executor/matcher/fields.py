"""Fields and dropdowns: which one is meant, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from executor.matcher.naming import Fitting, best, the_one
from executor.matcher.rank import Rank
from executor.matcher.roles import DROPDOWNS, FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from executor.matcher.phrase import Phrase
    from executor.matcher.tree import Node, Tree

_HOLDING = Fitting(FIELDS | DROPDOWNS)
_UNREADABLE = frozenset({"slider", "Date", "DateTime", "InputTime", "ColorWell"})
"""Fields whose value is not in the tree, or only in parts."""


def field_meant(tree: Tree, phrases: Sequence[Phrase], words: str) -> Node | None:
    """The field that is meant; without a noun for one, only if the words are all of its name.

    Raises AmbiguousError, and NoSuchElementError if fewer are there than were counted.
    """
    match = best(tree, phrases, _HOLDING)
    if match is None or (match.phrase.kind is None and match.rank > Rank.TELLING):
        return None
    return the_one(tree, phrases, _HOLDING, words)


def value_in(field: Node) -> str | None:
    """What a field or dropdown holds; None if that cannot be seen, as with passwords."""
    if field.role in _UNREADABLE:
        return None
    if field.role in {"select", "listbox"}:
        chosen = [
            inner.name for inner in field.descendants() if inner.role == "option" and inner.on
        ]
        return chosen[0] if len(chosen) == 1 else None
    typed = " ".join(inner.name for inner in field.descendants() if inner.role == "StaticText")
    return None if typed and not typed.strip("•") else typed
