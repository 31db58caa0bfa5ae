"""Judgements on single claims about a page. None means that the words alone do not decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from executor.matcher.claim import Claim, compared, false, true
from executor.matcher.fields import field_meant, value_in
from executor.matcher.labelled import labelled
from executor.matcher.lines import counts_of, find, lines_of, text_in
from executor.matcher.naming import Fitting, best, the_one
from executor.matcher.phrase import Phrase
from executor.matcher.place import is_head
from executor.matcher.rank import Rank
from executor.matcher.refusing import described
from executor.matcher.roles import TICKED
from executor.matcher.scalars import number_in
from executor.words.question import AmbiguousError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from executor.matcher.claim import Verdict
    from executor.matcher.tree import Tree

_KIND = Fitting(frozenset(), strict=False)
_STATEFUL = Fitting(TICKED | {"option", "tab"})


# -- texts ----------------------------------------------------------------------------------------


def says(tree: Tree, claim: Claim) -> Verdict | None:
    """Whether the page says it."""
    lines = lines_of(tree.nodes)
    found = find(lines, claim.text, exactly=claim.quoted)
    if found is not None:
        return true(f'the page says "{found}"', found)
    similar = find(lines, claim.text, exactly=False)
    but = f', only "{similar}"' if similar else ""
    return false(f'the page does not say "{claim.text}"{but}') if claim.literal else None


def is_titled(tree: Tree, claim: Claim) -> Verdict | None:
    """Whether it is the document's title, which is no text of the page."""
    verdict = compared("the title", [tree.title], claim)
    return None if verdict is None else replace(verdict, quote="")


def is_headed(tree: Tree, claim: Claim) -> Verdict | None:
    """Whether it is a heading."""
    headings = tree.of_roles(frozenset({"heading"}))
    return compared("the heading", [node.name or text_in(node) for node in headings], claim)


def is_labelled(tree: Tree, label: Claim, claim: Claim) -> Verdict | None:
    """Whether it is the value behind a label. Raises AmbiguousError if there are several."""
    found = labelled(tree, Phrase(label.text, label.quoted))
    values = [one.value for one in found if isinstance(one.value, str)]
    if len(values) > 1:
        raise AmbiguousError(
            f'the page has {len(values)} values for "{label.text}": {"; ".join(values[:5])}'
        )
    return compared(f'"{found[0].label}"', values, claim) if values else None


# -- elements -------------------------------------------------------------------------------------


def is_there(tree: Tree, phrases: Sequence[Phrase]) -> Verdict | None:
    """Whether there is an element of the kind and name."""
    phrases = [phrase for phrase in phrases if phrase.kind and phrase.ordinal is None]
    if not phrases:
        return None
    match = best(tree, phrases, _KIND)
    if match is not None:
        node = match.nodes[0]
        if match.rank > Rank.ONLY_ROLE:
            return None  # Only some of its words: whether that is the one cannot be told.
        return true(f"there is {described(node)}", node.name)
    wanted = phrases[0]
    if wanted.name and not Claim(wanted.name, wanted.quoted).literal:
        return None
    named = f' "{wanted.name}"' if wanted.name else ""
    return false(f"there is no {wanted.kind}{named}")


def are_there(tree: Tree, number: int, noun: Claim, phrases: Sequence[Phrase]) -> Verdict | None:
    """Whether the page says, or has, so many of them."""
    counts = counts_of(lines_of(tree.nodes), noun.text)
    if len(counts) == 1:
        judge = true if number_in(counts[0]) == number else false
        return judge(f'the page says "{counts[0]}"', counts[0])
    phrases = [phrase for phrase in phrases if phrase.kind and phrase.ordinal is None]
    match = best(tree, phrases, _KIND)
    if match is None or match.rank > Rank.ONLY_ROLE or counts:
        return None
    found = [node for node in match.nodes if not is_head(node)]
    judge = true if len(found) == number else false
    return judge(f"there are {len(found)} of them, {described(found[0])} first")


def holds(
    tree: Tree, phrases: Sequence[Phrase], words: str, claim: Claim, *, partly: bool
) -> Verdict | None:
    """Whether a field holds it, or `partly` does. Raises AmbiguousError."""
    field = field_meant(tree, phrases, words)
    value = value_in(field) if field is not None else None
    if field is None or value is None:
        return None
    if partly and claim.text and claim.text in value:
        return true(f'{described(field)} is "{value}"', value)
    return compared(described(field), [value], claim)


def is_empty(tree: Tree, phrases: Sequence[Phrase], words: str) -> Verdict | None:
    """Whether a field is empty. Raises AmbiguousError."""
    field = field_meant(tree, phrases, words)
    value = value_in(field) if field is not None else None
    if field is None or value is None:
        return None
    if value:
        return false(f'{described(field)} is "{value}"', value)
    return true(f"{described(field)} is empty")


def is_on(tree: Tree, phrases: Sequence[Phrase], words: str) -> Verdict | None:
    """Whether a box is checked, or an option selected. Raises AmbiguousError, and
    NoSuchElementError for what is called by a name."""
    if best(tree, phrases, _STATEFUL) is None and words[:1].islower():
        return None
    node = the_one(tree, phrases, _STATEFUL, words)
    # No quote: the name stands there in either state.
    return true(f"{described(node)} is on") if node.on else false(f"{described(node)} is off")
