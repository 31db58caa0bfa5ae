"""From phrases to elements: by role, then by name, and never one of two that fit equally well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from executor.matcher.place import in_place
from executor.matcher.rank import Rank, rank_of
from executor.matcher.refusing import none_fits, several_fit
from executor.matcher.roles import CELLS, FIELDS, KINDS, OPERABLE
from executor.words.question import AmbiguousError, NoSuchElementError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from executor.matcher.phrase import Phrase
    from executor.matcher.roles import Roles
    from executor.matcher.tree import Node, Tree


_OPERATED = OPERABLE - CELLS
_MOST_LIKELY = 3
"""Readings whose nearest names are worth telling."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """The roles that an action is for.

    Without `strict` a noun in the phrase overrides them. With `texts` plain text will do too, if
    the phrase is all of it. Of elements that fit equally well the `preferred` roles count.
    """

    roles: Roles
    strict: bool = True
    texts: bool = False
    preferred: Roles = frozenset()

    def of_kind(self, kind: str | None) -> Roles:
        """The roles that a phrase with this noun may mean."""
        if kind is None:
            return self.roles
        return self.roles & KINDS[kind] if self.strict else KINDS[kind]


@dataclass(frozen=True, slots=True)
class Match:
    """The elements that fit one reading best, in the order of the page; never empty."""

    rank: Rank
    phrase: Phrase
    nodes: tuple[Node, ...]


def the_one(tree: Tree, phrases: Sequence[Phrase], fitting: Fitting, said: str) -> Node:
    """The element that fits best. `said` are the words of the phrase, for messages.

    Raises NoSuchElementError, and AmbiguousError if another one fits equally well.
    """
    match = best(tree, phrases, fitting)
    if match is None:
        raise NoSuchElementError(_none_fits(tree, phrases, fitting, said))
    ordinal = match.phrase.ordinal
    if ordinal is not None:
        return _counted(match.nodes, ordinal, said)
    preferred = [node for node in match.nodes if node.role in fitting.preferred]
    nodes = preferred or match.nodes
    if len(nodes) > 1:
        raise AmbiguousError(several_fit(nodes, said))
    return nodes[0]


def best(tree: Tree, phrases: Sequence[Phrase], fitting: Fitting) -> Match | None:
    """The elements that fit best, whichever way the phrase is read; of two ways that fit equally
    well the more literal one counts.

    Text that is nothing to operate counts if nothing operable fits. If the text is the whole phrase
    and what is operable is not, both count, because it cannot be told which was meant.
    """
    operable = _best(tree, phrases, fitting)
    if not fitting.texts or (operable is not None and operable.rank <= Rank.TELLING):
        return operable
    texts = _best_text(tree, phrases)
    if texts is None or operable is None:
        return operable or texts
    nodes = sorted({*operable.nodes, *texts.nodes}, key=lambda node: node.position)
    return Match(texts.rank, replace(operable.phrase, ordinal=None), tuple(nodes))


def all_of(tree: Tree, match: Match, fitting: Fitting) -> tuple[Node, ...]:
    """All elements that fit the reading of a match, be it best or less well."""
    roles = fitting.of_kind(match.phrase.kind)
    fit = [node for _, node in ranked(tree, match.phrase, roles)]
    return _innermost(fit) or match.nodes


def ranked(
    tree: Tree, phrase: Phrase, roles: Roles, worst: Rank = Rank.ALL_WORDS
) -> list[tuple[Rank, Node]]:
    """Every element of these roles that fits one reading, in the order of the page."""
    found = []
    for node in tree.of_roles(roles):
        rank = rank_of(known_as(node), phrase)
        if rank is not None and rank <= worst:
            found.append((rank, node))
    if phrase.place is None:
        return found
    kept = set(in_place(tree, [node for _, node in found], phrase.place))
    return [(rank, node) for rank, node in found if node in kept]


def known_as(node: Node) -> str:
    """The name, or the text before a field that has none."""
    if node.name or node.role not in FIELDS or node.parent is None:
        return node.name
    before = node.parent.children[: node.parent.children.index(node)]
    if not before and node.parent.role in CELLS:
        return _head_of_row(node)
    label = before[-1] if before else None
    if label is not None and label.role == "LabelText" and label.children:
        label = label.children[-1]
    return label.name if label is not None and label.role == "StaticText" else ""


def _head_of_row(field: Node) -> str:
    """The text in the cell before, if the field is the only one in its row."""
    row = next((above for above in field.ancestors() if above.role == "row"), None)
    fields = [inner for inner in row.descendants() if inner.role in _OPERATED] if row else []
    if row is None or fields != [field] or field.parent not in row.children:
        return ""
    before = row.children[: row.children.index(field.parent)]
    return before[-1].name if before and before[-1].role in CELLS else ""


def _best(tree: Tree, phrases: Sequence[Phrase], fitting: Fitting) -> Match | None:
    matches = [
        _match(phrase, ranked(tree, phrase, fitting.of_kind(phrase.kind))) for phrase in phrases
    ]
    return min(filter(None, matches), key=lambda match: match.rank, default=None)


def _best_text(tree: Tree, phrases: Sequence[Phrase]) -> Match | None:
    """Only whole texts: a word in a paragraph is nothing to click."""
    roles = frozenset(node.role for node in tree.nodes) - OPERABLE - {"RootWebArea", "Iframe"}
    matches = []
    for phrase in phrases:
        if phrase.kind is None:
            found = ranked(tree, phrase, roles, Rank.TELLING)
            matches.append(_match(phrase, [one for one in found if not _is_operated(one[1])]))
    return min(filter(None, matches), key=lambda match: match.rank, default=None)


def _none_fits(tree: Tree, phrases: Sequence[Phrase], fitting: Fitting, said: str) -> str:
    placed = [replace(phrase, place=None) for phrase in phrases if phrase.place is not None]
    elsewhere = _best(tree, placed, fitting)
    roles = frozenset().union(*(fitting.of_kind(phrase.kind) for phrase in phrases))
    names = [phrase.name for phrase in phrases[:_MOST_LIKELY]]
    return none_fits(said, names, elsewhere.nodes if elsewhere else (), tree.of_roles(roles))


def _is_operated(node: Node) -> bool:
    """Whether it is part of something that is operated as a whole."""
    return any(above.role in OPERABLE for above in node.ancestors())


def _match(phrase: Phrase, found: list[tuple[Rank, Node]]) -> Match | None:
    if not found:
        return None
    rank = min(rank for rank, _ in found)
    return Match(rank, phrase, _innermost([node for one, node in found if one == rank]))


def _innermost(nodes: list[Node]) -> tuple[Node, ...]:
    """Without those that hold another: a link in an item of the same name is one thing."""
    holding = {above for node in nodes for above in node.ancestors()}
    return tuple(node for node in nodes if node not in holding)


def _counted(nodes: tuple[Node, ...], ordinal: int, said: str) -> Node:
    if ordinal > len(nodes):
        raise NoSuchElementError(
            f'there are only {len(nodes)} of "{said}": {several_fit(nodes, said)}'
        )
    return nodes[ordinal - 1] if ordinal > 0 else nodes[ordinal]
