"""Values that a page says in so many words, and whose they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from executor.matcher.fields import field_meant, value_in
from executor.matcher.labelled import labelled
from executor.matcher.lines import after, counts_of, lines_of
from executor.matcher.phrase import Phrase, readings, without_article
from executor.matcher.quoting import PART, VARIABLE, sentence
from executor.matcher.scalars import read_as, scalar_of
from executor.words.question import AmbiguousError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from executor.matcher.quoting import Sentence
    from executor.matcher.scalars import Scalar, Value
    from executor.matcher.tree import Tree

_ASKED = re.compile(
    r"(?:please\s+)?(?:extract|get|read|find|return|note|copy|give\s+me|tell\s+me|what\s+is|what's)\s+",
    re.IGNORECASE,
)
_ON_PAGE = re.compile(
    r"\s+(?:(?:shown|displayed)\s+)?(?:on|from)\s+(?:the|this)\s+page$", re.IGNORECASE
)
_AFTER = re.compile(
    r"(?:the\s+)?(?:text|words?|value|number|amount|what)\s+(?:(?:that\s+)?(?:is|comes|stands)\s+)?"
    rf"(?:after|behind|following|follows|next\s+to)\s+(?P<words>{PART})",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(r"(?:number|count)\s+of\s+(?P<noun>.+)", re.IGNORECASE)
_HELD_BY = re.compile(r"(?:text|value|contents?)\s+(?:of|in|inside)\s+", re.IGNORECASE)
_QUALIFIED = re.compile(r"\s(?:of|in|for|from|under|on|at|by|with|without|before|after)\s")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def extract(tree: Tree, instruction: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The values that fit a schema of scalars, each found by its label.

    One value is named by the instruction, several by the names of their properties. Raises
    ModelError for what is not labelled in so many words, AmbiguousError for different values under
    the same label, and NoSuchElementError for the third of two fields.
    """
    properties: Mapping[str, Any] = schema.get("properties", {})
    kinds = {name: scalar_of(shape) for name, shape in properties.items()}
    if len(kinds) == 1:
        ((name, kind),) = kinds.items()
        return {name: _asked_for(tree, instruction, name, kind)}
    return {name: _named(tree, _words_of(name), kind) for name, kind in kinds.items()}


def _named(tree: Tree, words: str, kind: Scalar) -> Any:
    return _one(_values(tree, words, sentence(words), kind), words, kind)


def _asked_for(tree: Tree, instruction: str, name: str, kind: Scalar) -> Any:
    said = sentence(instruction)
    words = _ASKED.sub("", said.text.rstrip(".?"), count=1)
    words = without_article(_ON_PAGE.sub("", words))
    label, fallback = said.opened(words), _words_of(name)
    _require_seen(label)
    values = _values(tree, words, said, kind)
    if values or _QUALIFIED.search(words):
        # The property's name would pass over what comes after "of" or "after".
        return _one(values, label, kind)
    return _one(_values(tree, fallback, sentence(fallback), kind), f'{label}" or "{fallback}', kind)


def _values(tree: Tree, words: str, said: Sentence, kind: Scalar) -> list[Any]:
    """The different values of the kind. One that is of another kind spoils them all: which of them
    was meant cannot be told by what happens to be a number."""
    read = [read_as(text, kind) for text in _texts(tree, words, said)]
    return [] if None in read else list(dict.fromkeys(read))


def _texts(tree: Tree, words: str, said: Sentence) -> Iterable[Value]:
    behind = _AFTER.fullmatch(words)
    if behind is not None:
        return after(lines_of(tree.nodes), said.opened(behind["words"]))
    phrase = Phrase(said.opened(words), quoted=said.is_part(words))
    found = [one.value for one in labelled(tree, phrase)]
    number = _NUMBER_OF.fullmatch(words)
    counts = counts_of(lines_of(tree.nodes), said.opened(number["noun"])) if number else ()
    return found or counts or _held(tree, words, said)


def _held(tree: Tree, words: str, said: Sentence) -> Iterable[Value]:
    """What the field holds that the words name. Only where its value is asked for a noun alone may
    do so: whoever asks for "the box" may not mean the only field."""
    bare = _HELD_BY.sub("", words, count=1)
    phrases = [one for one in readings(bare, said) if one.name or bare != words]
    field = field_meant(tree, phrases, said.opened(bare))
    value = value_in(field) if field is not None else None
    return () if value is None else (value,)


def _one(values: list[Any], label: str, kind: Scalar) -> Any:
    if len(values) > 1:
        raise AmbiguousError(
            f'the page has {len(values)} values for "{label}": {"; ".join(map(str, values[:5]))}'
        )
    if not values:
        raise ModelError(
            "needs_model",
            f'the page labels nothing "{label}" that can be read as {kind}, so it needs a language'
            ' model (set PROCTOR_MODEL); what can be read literally is "Order total: $42", a row of'
            ' a table, a definition, a field, "the heading" and "the title"',
        )
    return values[0]


def _words_of(name: str) -> str:
    """A property's name as words: `order_total` and `orderTotal` are "order total"."""
    return _CAMEL.sub(" ", name).replace("_", " ").strip().lower()


def _require_seen(words: str) -> None:
    unseen = VARIABLE.search(words)
    if unseen is not None:
        raise ModelError(
            "needs_model", f"nobody who reads the page is told what {unseen[0]} stands for"
        )
