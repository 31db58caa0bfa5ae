"""Which elements a phrase is about, and what they are for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from executor.matcher.acting import Deed, require_names
from executor.matcher.naming import Fitting, all_of, best, the_one
from executor.matcher.phrase import readings
from executor.matcher.quoting import sentence
from executor.matcher.roles import FIELDS, OPERABLE

if TYPE_CHECKING:
    from executor.matcher.tree import Node, Tree

_ASKED = re.compile(
    r"(?:please\s+)?(?:find|list|show|locate|get|observe|identify|(?:what|which|where)\s+(?:is|are))"
    r"(?:\s+me)?\s+",
    re.IGNORECASE,
)
_ALL = re.compile(r"(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?", re.IGNORECASE)
_ANYTHING = Fitting(OPERABLE, strict=False, texts=True)


def deeds_on(tree: Tree, instruction: str) -> list[Deed]:
    """Every element that fits a phrase in the plural or with "all"; else the one that fits best.

    Raises ModelError, NoSuchElementError and AmbiguousError.
    """
    require_names(instruction)
    said = sentence(instruction)
    words = _ASKED.sub("", said.text, count=1).rstrip(".?")
    bare = _ALL.sub("", words, count=1) if _ALL.match(words) else words
    phrases = readings(bare, said)
    match = best(tree, phrases, _ANYTHING)
    if (
        match is not None
        and match.phrase.ordinal is None
        and (match.phrase.plural or bare != words)
    ):
        return [_deed(node) for node in all_of(tree, match, _ANYTHING)]
    return [_deed(the_one(tree, phrases, _ANYTHING, said.opened(bare)))]


def _deed(node: Node) -> Deed:
    if node.role in FIELDS:
        return Deed(node, "fill")
    return Deed(node, "click" if node.role in OPERABLE else "hover")
