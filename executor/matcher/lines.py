"""What a page says, line by line, as its reader sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from executor.matcher.folding import spaced
from executor.matcher.roles import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from executor.matcher.tree import Node

_SPEAKING = frozenset(
    {
        "StaticText", "heading", "link", "button", "checkbox", "radio", "switch", "tab", "menuitem",
        "menuitemcheckbox", "menuitemradio", "option", "cell", "gridcell", "columnheader",
        "rowheader", "DisclosureTriangle", "treeitem", "term", "definition",
    }
)  # fmt: skip
"""Roles whose name stands on the page, if nothing in them does; other names are only for assistive
technology."""

_INLINE = frozenset(
    {
        "StaticText", "link", "strong", "emphasis", "code", "mark", "time", "abbr", "superscript",
        "subscript", "insertion", "deletion", "span", "b", "i", "em", "small", "ListMarker",
        "image",
    }
)  # fmt: skip
_MUTE = FIELDS | {"image", "ListMarker", "LineBreak"}
"""What is typed into a field is not what the page says."""

_SEAM = "\x1f"
"""Between two elements of a line: it cannot be told whether a space is there."""


@dataclass(frozen=True, slots=True)
class Line:
    """The texts of one line, an element each."""

    pieces: tuple[Node, ...]

    @property
    def text(self) -> str:
        """The line with spaces between its elements."""
        return " ".join(spaced(piece.name) for piece in self.pieces)


def lines_of(nodes: Iterable[Node]) -> list[Line]:
    """The lines of some elements that follow each other on the page."""
    nodes = list(nodes)
    muted = _muted(nodes)
    speaking = _speaking(nodes, muted)
    lines: list[list[Node]] = []
    block: Node | None = None
    for node in nodes:
        if node in speaking:
            if block is None or _block_of(node) is not block:
                lines.append([])
            lines[-1].append(node)
            block = _block_of(node)
        elif node.role not in _INLINE:
            block = None  # Whatever comes next begins a line.
    return [Line(tuple(line)) for line in lines]


def text_in(node: Node) -> str:
    """All that one element says."""
    return " ".join(line.text for line in lines_of([node, *node.descendants()]))


def find(lines: Iterable[Line], wanted: str, *, exactly: bool) -> str | None:
    """The words on the page, as it writes them; `exactly` is with the same capitals. Without it
    whole words only."""
    text = "\n".join(_SEAM.join(spaced(piece.name) for piece in line.pieces) for line in lines)
    found = _pattern(wanted, exactly=exactly).search(text) if wanted.strip() else None
    return " ".join(word.replace(_SEAM, "") for word in found.groups()) if found else None


def after(lines: Iterable[Line], words: str) -> list[str]:
    """The rest of every line that says these words."""
    rests = []
    for line in lines if words.strip() else ():
        text = _SEAM.join(spaced(piece.name) for piece in line.pieces)
        found = _pattern(words, exactly=True).search(text)
        if found is not None:
            rests.append(spaced(text[found.end() :].replace(_SEAM, " ")))
    return [rest for rest in rests if rest]


def counts_of(lines: Iterable[Line], noun: str) -> list[str]:
    """The different counts of a noun in the singular or plural, as the page writes them, as in
    "9 products"."""
    singular = re.escape(spaced(noun).casefold().removesuffix("s"))
    count = re.compile(rf"(?<!\S)\d[\d,]*\s+{singular}(?:e?s)?(?!\w)", re.IGNORECASE)
    return list(dict.fromkeys(found for line in lines for found in count.findall(line.text)))


def _pattern(wanted: str, *, exactly: bool) -> re.Pattern[str]:
    words = [f"{_SEAM}?".join(map(re.escape, word)) for word in wanted.split()]
    pattern = rf"[\s{_SEAM}]+".join(f"({word})" for word in words)
    return re.compile(pattern) if exactly else re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


def _muted(nodes: list[Node]) -> set[Node]:
    """What is not seen as text, with everything in it."""
    muted: set[Node] = set()
    for node in nodes:
        if node.parent in muted or node.role in _MUTE or _is_folded_away(node):
            muted.add(node)
    return muted


def _is_folded_away(node: Node) -> bool:
    return (
        node.role == "option" and not node.on and any(a.role == "select" for a in node.ancestors())
    )


def _speaking(nodes: list[Node], muted: set[Node]) -> set[Node]:
    """The innermost elements that say something."""
    speaking: set[Node] = set()
    holding: set[Node] = set()
    for node in reversed(nodes):
        if node in holding or (node.name and node.role in _SPEAKING and node not in muted):
            if node not in holding:
                speaking.add(node)
            if node.parent is not None:
                holding.add(node.parent)
    return speaking


def _block_of(node: Node) -> Node | None:
    """The element whose line it is in."""
    if node.role not in _INLINE:
        return node
    return next((above for above in node.ancestors() if above.role not in _INLINE), None)
