"""How the matcher words what it cannot find, and what it cannot tell apart."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from executor.matcher.folding import spaced
from executor.matcher.place import title_of
from executor.matcher.roles import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from executor.matcher.tree import Node

_MOST = 5
_LONGEST = 60
_UNRELATED = 0.4
"""Names less alike than this are not worth a line."""

_MOST_COMPARED = 500
"""Comparing takes a tenth of a millisecond, and the executor waits for it."""


def described(node: Node) -> str:
    """An element in words, as in `button "Buy now"`."""
    name = _cut(node.name)
    return f'{shown(node.role)} "{name}"' if name else f"{shown(node.role)} without a name"


def several_fit(nodes: Sequence[Node], said: str) -> str:
    """The message for elements that fit equally well, each with what tells it from the others."""
    return f'{len(nodes)} elements fit "{_cut(said)}" equally well: {listed(nodes)}'


def listed(nodes: Sequence[Node]) -> str:
    """The first few of the elements, told apart by where they are, or else by their order."""
    lines = [described(node) + _whereabouts(node, nodes[:_MOST]) for node in nodes[:_MOST]]
    told = [
        line if lines.count(line) == 1 else f"{line} (number {lines[: index + 1].count(line)})"
        for index, line in enumerate(lines)
    ]
    more = f", and {len(nodes) - _MOST} more" if len(nodes) > _MOST else ""
    return "; ".join(told) + more


def none_fits(
    said: str, names: Iterable[str], elsewhere: Sequence[Node], around: Sequence[Node]
) -> str:
    """The message for words that name nothing. `names` are what the words may mean, `elsewhere`
    what would fit in another place, `around` the elements that could have been meant."""
    message = f'nothing on the page fits "{_cut(said)}"'
    if elsewhere:
        return f"{message}; outside of that place there is {listed(elsewhere)}"
    nearest = _nearest(names, around)
    return (
        f"{message}; the nearest are {'; '.join(map(described, nearest))}" if nearest else message
    )


def _nearest(names: Iterable[str], nodes: Sequence[Node]) -> list[Node]:
    called = {_cut(node.name).casefold(): node for node in reversed(nodes) if node.name}
    known = list(called)[-_MOST_COMPARED:]
    alike = [
        found
        for name in dict.fromkeys(_cut(name).casefold() for name in names)
        for found in get_close_matches(name, known, _MOST, _UNRELATED)
    ]
    return [called[name] for name in list(dict.fromkeys(alike))[:_MOST]]


def _cut(text: str) -> str:
    text = spaced(text)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"


def _whereabouts(node: Node, others: Sequence[Node]) -> str:
    """The nearest group with a title that not all of the others are in."""
    for above in node.ancestors():
        title = title_of(above) or (_first_words(above) if above.role == "row" else "")
        if title and not all(other is node or other.within(above) for other in others):
            return f' in {shown(above.role)} "{_cut(title)}"'
    return ""


def _first_words(node: Node) -> str:
    return next((inner.name for inner in node.descendants() if inner.name), "")
