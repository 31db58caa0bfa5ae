"""A model that is none: it answers what is plain and what is literal, and refuses the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from executor.matcher.acting import deed_of
from executor.matcher.imperative import parse
from executor.matcher.literal import extract
from executor.matcher.observing import deeds_on
from executor.matcher.refusing import described
from executor.matcher.statement import verify
from executor.matcher.tree import parse_tree
from executor.words.question import Answer, ModelError

if TYPE_CHECKING:
    from executor.matcher.acting import Deed
    from executor.words.question import Question


class Matcher:
    """Resolves plain instructions against the accessibility tree, the same way every time.

    It is asked for nothing: no tokens, no calls.
    """

    name = "matcher"
    version = "matcher 2"

    async def answer(self, question: Question) -> Answer:
        """An answer that fits the question's schema.

        Raises ModelError (`needs_model`), NoSuchElementError and AmbiguousError.
        """
        content = _content(question)
        text = json.dumps(content, ensure_ascii=False)
        return Answer(content, text, self.version, calls=0)


def _content(question: Question) -> dict[str, Any]:
    tree = parse_tree(question.tree)
    match question.kind:
        case "act":
            wanted = parse(question.instruction)
            if wanted is None:
                raise ModelError("needs_model", _not_plain(question.instruction))
            return {"elements": [_element(deed_of(tree, wanted))]}
        case "observe":
            return {"elements": [_element(deed) for deed in deeds_on(tree, question.instruction)]}
        case "extract":
            return extract(tree, question.instruction, question.schema)
        case "verify":
            return verify(tree, question.instruction)


def _element(deed: Deed) -> dict[str, Any]:
    return {
        "elementId": deed.node.id,
        "description": described(deed.node),
        "method": deed.method,
        "arguments": list(deed.arguments),
    }


def _not_plain(instruction: str) -> str:
    return (
        f'"{instruction}" is no plain instruction, and needs a language model (set PROCTOR_MODEL).'
        " Plain is one action on one element that is called by its name, as in: click Buy now;"
        ' type "Ann" into the name field; choose "France" in Country; check Gift wrap'
    )
