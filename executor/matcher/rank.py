"""How well a name fits the words that are meant to name it."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from executor.matcher.folding import in_order, spaced, telling, words_of

if TYPE_CHECKING:
    from executor.matcher.phrase import Phrase


class Rank(IntEnum):
    """How well a name fits a phrase, the best first."""

    LITERAL = 0
    EXACT = 1
    TELLING = 2
    ONLY_ROLE = 3
    IN_ORDER = 4
    ALL_WORDS = 5


def rank_of(name: str, phrase: Phrase) -> Rank | None:
    """How well a name fits a reading; None if it does not."""
    if not phrase.name:
        return Rank.ONLY_ROLE
    if phrase.quoted:
        return _rank_of_quoted(name, phrase.name)
    if spaced(name).casefold() == spaced(phrase.name).casefold():
        return Rank.LITERAL
    return _rank_of_words(words_of(name), words_of(phrase.name))


def _rank_of_quoted(name: str, quoted: str) -> Rank | None:
    if spaced(name) == spaced(quoted):
        return Rank.LITERAL
    words = words_of(quoted)
    return Rank.EXACT if words and words_of(name) == words else None


def _rank_of_words(name: tuple[str, ...], phrase: tuple[str, ...]) -> Rank | None:
    wanted = telling(phrase)
    if not wanted:
        return None
    if name == phrase:
        return Rank.EXACT
    if telling(name) == wanted:
        return Rank.TELLING
    if not set(wanted) <= set(name):
        return None
    return Rank.IN_ORDER if in_order(wanted, name) else Rank.ALL_WORDS
