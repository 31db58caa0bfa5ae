"""Narrowing to a place: what is in the same row, section or frame as the words that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from executor.matcher.rank import rank_of
from executor.matcher.roles import GROUPS, ITEMS, PLACES, WHOLE_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from executor.matcher.phrase import Phrase
    from executor.matcher.tree import Node, Tree

_TITLES = frozenset({"heading", "Legend", "caption", "Figcaption", "DisclosureTriangle"})


def in_place(tree: Tree, nodes: Sequence[Node], place: Phrase) -> list[Node]:
    """Those of the elements that are where the phrase says, as in "the row of Tea" or "Billing".

    Only the places that fit it best count: what is missing in the row of Tea is not looked for in
    the row of Tea cake.
    """
    if place.kind is None:
        return _beside(nodes, _mentions(tree, place))
    holding = _counted(_places(tree, place), nodes, place.ordinal)
    return [node for node in nodes if any(above in holding for above in node.ancestors())]


def title_of(node: Node) -> str:
    """What a group of elements is called: its name, or the heading in it."""
    if node.name:
        return node.name
    titles = [child for child in node.children if child.role in _TITLES]
    return (titles[0].name or _all_words(titles[0])) if titles else ""


def is_head(node: Node) -> bool:
    """A row of column headers, which nobody counts as the first row."""
    return node.role == "row" and {child.role for child in node.children} == {"columnheader"}


# -- places of a kind, as in "the row of Tea" -----------------------------------------------------


def _places(tree: Tree, place: Phrase) -> list[Node]:
    """The innermost elements of the kind that are called so; an item is also known by any words in
    it."""
    of_kind = [node for node in tree.of_roles(PLACES[place.kind or ""]) if not is_head(node)]
    called = _fitting(of_kind, title_of, place)
    return called or _fitting([node for node in of_kind if node.role in ITEMS], _all_words, place)


def _fitting(nodes: list[Node], words: Callable[[Node], str], place: Phrase) -> list[Node]:
    ranks = [(rank_of(words(node), place), node) for node in nodes]
    best = min((rank for rank, _ in ranks if rank is not None), default=None)
    found = [node for rank, node in ranks if rank is not None and rank == best]
    holding = {above for node in found for above in node.ancestors()}
    return [node for node in found if node not in holding]


def _counted(places: list[Node], nodes: Iterable[Node], ordinal: int | None) -> set[Node]:
    """All the places, or the one counted out among those that are alike. Whether that one holds one
    of the elements does not matter: the second product is the second one even if it is sold out."""
    if ordinal is None:
        return set(places)
    holding = [above for node in nodes for above in node.ancestors() if above in places]
    alike = {(place.role, place.depth) for place in holding}
    counted = [place for place in places if (place.role, place.depth) in alike]
    index = ordinal - 1 if ordinal > 0 else len(counted) + ordinal
    return {counted[index]} if len(alike) == 1 and index < len(counted) else set()


def _all_words(node: Node) -> str:
    return " ".join([node.name, *(inner.name for inner in node.descendants())])


# -- words anywhere, as in "Billing" --------------------------------------------------------------


def _mentions(tree: Tree, place: Phrase) -> list[Node]:
    """Where the page says the words of the place, as nearly as it does."""
    if place.ordinal is not None:
        return []
    ranks = [(rank_of(node.name, place), node) for node in tree.nodes[1:] if node.name]
    best = min((rank for rank, _ in ranks if rank is not None), default=None)
    return [node for rank, node in ranks if rank is not None and rank == best]


def _beside(nodes: Sequence[Node], mentions: Iterable[Node]) -> list[Node]:
    """The elements that share the innermost groups with a mention."""
    shared = [
        (node, group)
        for mention in mentions
        for node in nodes
        if (group := _shared(node, mention)) is not None
    ]
    outer = {above for _, group in shared for above in group.ancestors()}
    kept = {node for node, group in shared if group not in outer}
    return [node for node in nodes if node in kept]


def _shared(node: Node, mention: Node) -> Node | None:
    """The group that both are in, or the mention if it is that group. None if only the page holds
    both, or if the element is in a group of its own there, such as the next row."""
    if node.within(mention):
        return mention
    if mention is node or mention.within(node):
        return None
    around = set(mention.ancestors())
    for above in node.ancestors():
        if above in around:
            apart = above.role in WHOLE_PAGES or _is_under_another(node, mention, above)
            return None if apart else above
        if above.role in ITEMS or (above.role in GROUPS and title_of(above)):
            return None
    return None


def _is_under_another(node: Node, mention: Node, group: Node) -> bool:
    """Whether a heading was meant that the element does not come under."""
    between = range(mention.position + 1, node.position)
    headings = [inner for inner in group.descendants() if inner.role == "heading"]
    return mention in headings and (
        node.position < mention.position or any(other.position in between for other in headings)
    )
