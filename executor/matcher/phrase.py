"""Phrases that name an element, as in "the second Buy button in the newsletter"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from executor.matcher.folding import spaced
from executor.matcher.roles import KINDS, PLACES, kind_of, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from executor.matcher.quoting import Sentence

_ORDINALS = {
    word: number
    for number, words in enumerate(
        [
            "first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th",
            "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th",
        ],
        start=1,
    )
    for word in words.split()
} | {"last": -1}  # fmt: skip
_MOST_WORDS = 40
_MOST_SPLITS = 4
_ARTICLE = re.compile(r"^(?:the|this|that|my|your|our|its)\s+", re.IGNORECASE)
_ORDINAL = re.compile(rf"(?P<ordinal>{'|'.join(_ORDINALS)})\s+(?P<rest>.+)", re.IGNORECASE)
_PLACE = re.compile(
    r"\s(?:in|inside|within|under|of|on|from|for|at|beside|next to)\s", re.IGNORECASE
)
_NAMED = (
    r"(?:(?:named|called|labell?ed|titled|saying|containing|to|for|of|with|(?:that|which)(?:\s+says)?"
    r"|with\s+the\s+(?:name|text|label))\s+)?"
)


def _kind_patterns(nouns: str) -> tuple[re.Pattern[str], ...]:
    """The noun behind the name, as long as it gets and as short, before it, and alone."""
    ways = (
        rf"(?P<name>.+?)\s+(?P<kind>{nouns})",
        rf"(?P<name>.+)\s+(?P<kind>{nouns})",
        rf"(?P<kind>{nouns})\s*:?\s+{_NAMED}(?P<name>.+)",
        rf"(?P<kind>{nouns})(?P<name>)",
    )
    return tuple(re.compile(way, re.IGNORECASE) for way in ways)


_OBJECTS = _kind_patterns(pattern_of(KINDS))
_SURROUNDINGS = _kind_patterns(pattern_of(PLACES))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to read a phrase.

    `name` are the words of the element's name, all of it where they were `quoted`; `kind` is a noun
    of `roles.KINDS`, for a place of `roles.PLACES`, and `plural` whether it was; `ordinal` counts
    from 1, -1 is the last.
    """

    name: str = ""
    quoted: bool = False
    kind: str | None = None
    plural: bool = False
    ordinal: int | None = None
    place: Phrase | None = None


def readings(text: str, said: Sentence) -> tuple[Phrase, ...]:
    """All ways to read a phrase of a sentence, the most literal first: a name may well have a noun,
    an ordinal or a place in it, as in "First name" and "Terms of service". Empty for no words."""
    text = text.strip(" ,:")
    if len(text.split()) > _MOST_WORDS:
        return (Phrase(said.opened(text)),)
    found = [] if said.is_part(text) else [Phrase(said.opened(text))]
    found += _heads(text, _OBJECTS, said)
    for split in list(_PLACE.finditer(text))[-_MOST_SPLITS:]:
        places = list(_heads(text[split.end() :], _SURROUNDINGS, said))
        for head in _heads(text[: split.start()], _OBJECTS, said):
            found += [replace(head, place=place) for place in places]
    return tuple(dict.fromkeys(phrase for phrase in found if _names_something(phrase)))


def _names_something(phrase: Phrase) -> bool:
    return bool(phrase.name.strip() or (phrase.kind and not phrase.quoted))


def _heads(text: str, patterns: tuple[re.Pattern[str], ...], said: Sentence) -> Iterator[Phrase]:
    bare = without_article(text)
    yield from _with_kinds(bare, patterns, said)
    ordinal = _ORDINAL.fullmatch(bare)
    if ordinal is not None:
        number = _ORDINALS[ordinal["ordinal"].casefold()]
        for phrase in _with_kinds(ordinal["rest"], patterns, said):
            yield replace(phrase, ordinal=number)


def _with_kinds(
    text: str, patterns: tuple[re.Pattern[str], ...], said: Sentence
) -> Iterator[Phrase]:
    for pattern in patterns:
        found = pattern.fullmatch(text)
        if found is not None:
            name, noun = without_article(found["name"]), spaced(found["kind"]).casefold()
            kind = kind_of(noun)
            yield Phrase(said.opened(name), said.is_part(name), kind, plural=noun != kind)
    if text:
        yield Phrase(said.opened(text), said.is_part(text))


def without_article(text: str) -> str:
    """The text without spaces around it and without "the" or "your" before it."""
    return _ARTICLE.sub("", text.strip())
