"""Values that a page labels: "Order total: $42", rows of tables, definitions, fields,
lines under headings."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from executor.matcher.fields import value_in
from executor.matcher.lines import lines_of, text_in
from executor.matcher.naming import known_as
from executor.matcher.place import is_head
from executor.matcher.rank import rank_of
from executor.matcher.roles import CELLS, DROPDOWNS, FIELDS, OPERABLE, TICKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from executor.matcher.lines import Line
    from executor.matcher.phrase import Phrase
    from executor.matcher.scalars import Value
    from executor.matcher.tree import Node, Tree

_LABEL = re.compile(r"(?P<label>[^:]+):(?:\s+(?P<value>.+))?")
_ANOTHER_LABEL = re.compile(r"\w:\s")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_HEADING = frozenset({"heading"})
_LONGEST_LABEL = 8
"""Words; what is longer is a sentence with a colon in it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with what it is called: a text, or whether a box is ticked."""

    label: str
    value: Value


def labelled(tree: Tree, phrase: Phrase) -> list[Labelled]:
    """The different values whose label fits the phrase best."""
    ranks = [(rank_of(one.label, phrase), one) for one in _all(tree)]
    best = min((rank for rank, _ in ranks if rank is not None), default=None)
    different: dict[Value, Labelled] = {}
    for rank, one in ranks:
        if rank is not None and rank == best:
            different.setdefault(one.value, one)
    return list(different.values())


def _all(tree: Tree) -> Iterator[Labelled]:
    yield from _of_document(tree)
    lines = lines_of(tree.nodes)
    for line in lines:
        yield from _of_line(line)
    for heading in tree.of_roles(_HEADING):
        yield from _of_heading(heading, lines)
    for node in tree.nodes:
        if node.role == "term":
            yield from _of_term(node)
        elif node.role in {"table", "grid"}:
            yield from _of_table(node)
        elif node.role in FIELDS | DROPDOWNS:
            value = value_in(node)
            if value is not None:
                yield Labelled(known_as(node), value)
        elif node.role == "status" and node.name:
            yield Labelled(node.name, text_in(node))
        elif node.role in TICKED:
            yield Labelled(node.name, node.on)


def _of_document(tree: Tree) -> Iterator[Labelled]:
    yield Labelled("title", tree.title)
    yield Labelled("page title", tree.title)
    for heading in tree.of_roles(_HEADING):
        yield Labelled("heading", heading.name or text_in(heading))


def _of_line(line: Line) -> Iterator[Labelled]:
    """`Label: value`, be it in one element or several; or two elements and nothing else."""
    texts = [piece.name for piece in line.pieces]
    labels = {at: found for at, text in enumerate(texts) if (found := _LABEL.fullmatch(text))}
    for at, found in labels.items():
        end = next((later for later in labels if later > at), len(texts))
        value = " ".join(filter(None, [found["value"], *texts[at + 1 : end]]))
        label = _SENTENCE_END.split(found["label"])[-1]
        if value and len(label.split()) <= _LONGEST_LABEL and not _ANOTHER_LABEL.search(value):
            yield Labelled(label, value)
    if not labels and [piece.role for piece in line.pieces] == ["StaticText", "StaticText"]:
        yield Labelled(*texts)


def _of_heading(heading: Node, lines: list[Line]) -> Iterator[Labelled]:
    """What comes under it in the same block, if that is one line, and a plain one: nothing to
    operate, and no value with a label of its own."""
    label = heading.name or text_in(heading)
    under = list(islice(_under(heading, lines), 2))
    if len(under) == 1 and len(label.split()) <= _LONGEST_LABEL:
        around = (node for piece in under[0].pieces for node in _with_ancestors(piece))
        if not any(node.role in OPERABLE for node in around) and not any(_of_line(under[0])):
            yield Labelled(label, under[0].text)


def _under(heading: Node, lines: list[Line]) -> Iterator[Line]:
    """The lines between a heading and the next one."""
    begin = bisect(lines, heading.position, key=lambda line: line.pieces[0].position)
    for line in islice(lines, begin, None):
        first = line.pieces[0]
        if first.within(heading):
            continue
        around = list(_with_ancestors(first))
        if heading.parent not in around or any(node.role in _HEADING for node in around):
            return
        yield line


def _of_term(term: Node) -> Iterator[Labelled]:
    definition = term.next
    if definition is None or definition.role != "definition":
        return
    if definition.next is None or definition.next.role != "definition":
        yield Labelled(text_in(term), text_in(definition))


def _of_table(table: Node) -> Iterator[Labelled]:
    rows = [inner for inner in table.descendants() if inner.role == "row"]
    shown = [[_shown_in(cell) for cell in row.children if cell.role in CELLS] for row in rows]
    has_head = bool(rows) and is_head(rows[0])
    columns, body = (shown[0], shown[1:]) if has_head else ([], shown)
    for row in body:
        yield from _of_row(row, columns, alone=len(body) == 1)


def _shown_in(cell: Node) -> str:
    """What a cell says, or what the field in it holds. A button says nothing about the row."""
    inner = list(cell.descendants())
    fields = [node for node in inner if node.role in FIELDS | DROPDOWNS]
    if fields:
        return (value_in(fields[0]) or "") if len(fields) == 1 else ""
    return "" if any(node.role == "button" for node in inner) else text_in(cell)


def _of_row(row: list[str], columns: list[str], *, alone: bool) -> Iterator[Labelled]:
    """A row of a name and a value; else each value by its column and the row's name, or by its
    column if there is only one row."""
    said = [text for text in row if text]
    match said:
        case [name, value]:
            yield Labelled(name, value)
    if len(row) != len(columns) or not said:
        return  # Cells that span columns: which belongs to which cannot be told.
    for column, value in zip(columns, row, strict=True):
        if column and value and value != said[0]:
            yield Labelled(f"{column} of {said[0]}", value)
        if column and value and alone:
            yield Labelled(column, value)


def _with_ancestors(node: Node) -> Iterator[Node]:
    yield node
    yield from node.ancestors()
