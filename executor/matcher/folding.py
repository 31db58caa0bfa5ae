"""Texts made comparable: words without case, punctuation and spacing."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

STOP_WORDS = frozenset({"the", "a", "an", "this", "that", "my", "your", "our", "its", "please"})
"""Words that tell no element from another. Prepositions do, as in "Log in" and "Log out"."""

_DROPPED = "'\u2019\ufe0e\ufe0f"
"""Apostrophes join the word they stand in; variation selectors only choose a glyph."""


class _Folding(dict[int, str]):
    """Letters, digits and their marks stay, everything else parts words. Filled as it is asked."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kept = character if unicodedata.category(character)[0] in "LNM" else " "
        self[code] = "" if character in _DROPPED else kept
        return self[code]


_FOLDING = _Folding()


@lru_cache(maxsize=10_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, comparable: `Departments ▾` and `departments` have the same."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDING)
    return tuple(word for word in folded.split() if _is_word(word))


def telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that tell one element from another."""
    return tuple(word for word in words if word not in STOP_WORDS)


def spaced(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def in_order(words: tuple[str, ...], text: tuple[str, ...]) -> bool:
    """Whether all `words` occur in `text` one after another, with others between them or not."""
    rest = iter(text)
    return all(word in rest for word in words)


def _is_word(word: str) -> bool:
    return any(character.isalnum() for character in word)
