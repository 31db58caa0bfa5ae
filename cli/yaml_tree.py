"""YAML 1.2 as a tree that knows where everything stands; more than plain data is refused.

Built from the parser's events: a constructor would have followed every alias and tag before
anything could be said about them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from cli.yaml_scalars import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_VALUES = 200_000
DEEPEST = 50
_MERGE = "<<"
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS = {
    "\\t": "use spaces, YAML knows no tabs",
    "mapping values are not allowed": "text with a colon in it needs quotes",
    "could not find expected ':'": "a field is `name: value`, with the colon",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its line, counted from 1; in a mapping, the lines of its keys too."""

    value: Any
    line: int
    keys: dict[str, int] = field(default_factory=dict)

    def child(self, part: int | str) -> Node | None:
        """The value under a key, or at an index, if there is one."""
        if isinstance(self.value, dict):
            found: Node | None = self.value.get(part)
            return found
        if isinstance(self.value, list) and isinstance(part, int) and part < len(self.value):
            return cast("Node", self.value[part])
        return None


class TreeError(Exception):
    """Text that is not plain YAML data; the message says what would be right."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_tree(text: str) -> Node:
    """The document's tree. Raises TreeError."""
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise TreeError(line, f"has the control character {found[0]!a}; use plain text")
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TreeError(mark.line + 1 if mark else 1, _worded(error)) from None


def plain(node: Node) -> Any:
    """The tree as built-in values. Raises TreeError where aliases amount to too much."""
    return _plain(node, [MOST_VALUES])


def _plain(node: Node, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise TreeError(node.line, f"its aliases amount to more than {MOST_VALUES:,} values")
    if isinstance(node.value, dict):
        return {key: _plain(child, left) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child, left) for child in node.value]
    return node.value


class _Builder:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, Node] = {}
        self._merges_left = MOST_VALUES

    def document(self) -> Node:
        root = Node(None, 1)
        for number, event in enumerate(self._documents()):
            if number:
                raise TreeError(_line(event), "a second document begins; a file holds one suite")
            root = self._node(event, DEEPEST)
        return root

    def _documents(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, DocumentStartEvent) and event.version not in {None, (1, 2)}:
                raise TreeError(_line(event), "another version of YAML; suites are YAML 1.2")
            outside = StreamStartEvent | StreamEndEvent | DocumentStartEvent | DocumentEndEvent
            if not isinstance(event, outside):
                yield event

    def _node(self, event: Any, levels: int) -> Node:
        if levels == 0:
            raise TreeError(_line(event), f"nested too deeply; {DEEPEST} levels are enough")
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if event.ctag is not None:
            raise TreeError(_line(event), f"the tag {event.ctag} is not allowed; leave it out")
        node = self._content(event, levels)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _content(self, event: Any, levels: int) -> Node:
        if isinstance(event, ScalarEvent):
            return Node(_scalar(event), _line(event))
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, levels)
        children = []
        while not isinstance(event_inside := next(self._events), SequenceEndEvent):
            children.append(self._node(event_inside, levels - 1))
        return Node(children, _line(event))

    def _mapping(self, event: Any, levels: int) -> Node:
        node = Node({}, _line(event))
        merged: list[Node] = []
        while not isinstance(key := next(self._events), MappingEndEvent):
            name = _name(key)
            if name in node.keys:
                raise TreeError(_line(key), f'found duplicate key "{name}"; a key stands once')
            node.keys[name] = _line(key)
            child = self._node(next(self._events), levels - 1)
            if name == _MERGE and key.style is None:
                merged = child.value if isinstance(child.value, list) else [child]
            else:
                node.value[name] = child
        self._merge(node, merged)
        return node

    def _merge(self, into: Node, merged: list[Node]) -> None:
        for node in merged:
            if not isinstance(node.value, dict):
                raise TreeError(into.keys[_MERGE], "`<<` takes an alias of a mapping, as in <<: *a")
            self._merges_left -= len(node.value)
            if self._merges_left < 0:
                raise TreeError(
                    into.keys[_MERGE], f"its aliases amount to more than {MOST_VALUES:,} values"
                )
            for name, child in node.value.items():
                if name not in into.value:
                    into.value[name] = child
                    into.keys.setdefault(name, node.keys[name])

    def _alias(self, event: Any) -> Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise TreeError(_line(event), f"*{event.anchor} stands for nothing before it")
        return Node(known.value, _line(event), known.keys)


def _name(event: Any) -> str:
    """A key: the text as it is written, since every field and label of a suite is text."""
    if not isinstance(event, ScalarEvent) or event.ctag is not None:
        raise TreeError(_line(event), "a field's name is plain text, as in name: Shop")
    return str(event.value)


def _scalar(event: Any) -> Any:
    if event.style is not None:
        return str(event.value)
    try:
        return plain_value(event.value)
    except ValueError:
        raise TreeError(_line(event), f"a number of {len(event.value):,} digits") from None


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _worded(error: MarkedYAMLError) -> str:
    said = str(error.problem or error.context)
    hint = next((hint for sign, hint in _HINTS.items() if sign in said), None)
    return f"{said}; {hint}" if hint else said
