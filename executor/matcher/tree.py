"""The accessibility tree of a page, read from the text that Stagehand writes of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"(?P<indent>\s*)\[(?P<id>\d+-\d+)\] (?P<rest>.*)")
_FLAGS = re.compile(r"(?: \[(?:selected|checked)\])+$")
"""All that Stagehand 4.3 writes of an element's state: nothing of disabled or expanded."""

_SCROLLS = "scrollable, "
_SCROLLABLE = re.compile(rf"{_SCROLLS}(?!html$)(?P<tag>.+)")
_OF_TAGS = {
    "textarea": "textbox", "ul": "list", "ol": "list", "nav": "navigation",
    "aside": "complementary",
}  # fmt: skip
"""Of an element that scrolls Stagehand writes the tag instead of the role. These are called
otherwise, and an explicit role is lost."""


@dataclass(eq=False, repr=False)
class Node:
    """One element. `id` is Stagehand's, as in `1-64`; `role` is Chromium's, or the tag of an
    element without one; `position` counts from the top of the page; `scrolls` is whether there is
    more in it than it shows."""

    id: str
    role: str
    name: str
    flags: frozenset[str]
    depth: int
    position: int
    scrolls: bool = False
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def on(self) -> bool:
        """Whether it is checked or selected."""
        return bool(self.flags)

    @property
    def next(self) -> Node | None:
        """The sibling after it."""
        if self.parent is None:
            return None
        after = self.parent.children.index(self) + 1
        return self.parent.children[after] if after < len(self.parent.children) else None

    def ancestors(self) -> Iterator[Node]:
        """From its parent up to the root."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def descendants(self) -> Iterator[Node]:
        """Everything in it, from the top of the page down."""
        waiting = self.children[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.children[::-1]

    def within(self, other: Node) -> bool:
        """Whether it is inside `other`."""
        return any(above is other for above in self.ancestors())

    def __repr__(self) -> str:
        return f"[{self.id}] {self.role}: {self.name}"


@dataclass(frozen=True, slots=True)
class Tree:
    """All elements of a page, frames included, from the top down."""

    nodes: tuple[Node, ...]

    def find(self, identifier: str) -> Node | None:
        """The element with Stagehand's id, as in `1-64`."""
        return next((node for node in self.nodes if node.id == identifier), None)

    def of_roles(self, roles: frozenset[str]) -> list[Node]:
        """The elements of these roles."""
        return [node for node in self.nodes if node.role in roles]

    @property
    def title(self) -> str:
        """The document's title."""
        root = next(iter(self.nodes), None)
        return root.name if root is not None and root.role == "RootWebArea" else ""


def parse_tree(text: str) -> Tree:
    """Reads a tree. A line that is no element goes on with the name of the one before it:
    preformatted text keeps its line breaks. So a page may write lines that look like elements, and
    of those that say to be the same one it cannot be told which is: none keeps its role."""
    nodes: list[Node] = []
    for line in text.split("\n"):
        found = _LINE.fullmatch(line)
        if found is not None:
            nodes.append(_node(found, nodes))
        elif nodes and line.strip():
            nodes[-1].name = f"{nodes[-1].name} {line.strip()}".strip()
    times = Counter(node.id for node in nodes)
    for node in nodes:
        node.role = node.role if times[node.id] == 1 else "unknown"
    return Tree(tuple(nodes))


def _node(found: re.Match[str], before: list[Node]) -> Node:
    depth = len(found["indent"])
    role, name, flags = _parts(found["rest"])
    scrolls = found["rest"].startswith(_SCROLLS)
    node = Node(found["id"], role, name, flags, depth, len(before), scrolls, _parent(depth, before))
    if node.parent is not None:
        node.parent.children.append(node)
    return node


def _parent(depth: int, before: list[Node]) -> Node | None:
    """The nearest element above that is indented less."""
    above = before[-1] if before else None
    while above is not None and above.depth >= depth:
        above = above.parent
    return above


def _parts(rest: str) -> tuple[str, str, frozenset[str]]:
    flags = _FLAGS.search(rest)
    # Plain text has no state: it is free to end in brackets.
    if flags is not None and not rest.startswith("StaticText"):
        rest = rest[: flags.start()]
        return *_role_and_name(rest), frozenset(re.findall(r"\w+", flags[0]))
    return *_role_and_name(rest), frozenset()


def _role_and_name(rest: str) -> tuple[str, str]:
    role, colon, name = rest.partition(": ")
    if not colon:
        role = rest.strip().removesuffix(":")
    return _SCROLLABLE.sub(_role_of_tag, role.strip()), name.strip()


def _role_of_tag(scrollable: re.Match[str]) -> str:
    return _OF_TAGS.get(scrollable["tag"], scrollable["tag"])
