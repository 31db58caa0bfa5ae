"""Telling the value from the element in "type Ann into the name field", or refusing to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from executor.matcher.phrase import readings
from executor.matcher.quoting import PART, VARIABLE
from executor.matcher.roles import DROPDOWNS, FIELDS, KINDS

if TYPE_CHECKING:
    from executor.matcher.quoting import Sentence
    from executor.matcher.roles import Roles

_SURELY_INTO = r"into|in to|as"
_PERHAPS_INTO = r"in|to|inside|onto|for"
_SURELY_FROM = r"from|out of|as"
_PERHAPS_FROM = r"in|for|under|inside|within|on"
_CLOSED = rf"(?:{PART}|{VARIABLE.pattern})"
_DESCRIBED = re.compile(
    r"(?:the|an?|some|any|your|my|his|her|their|our|its|this|that|valid|invalid|random|wrong"
    r"|something|anything|nothing|it|text)(?!\S)"
)
"""Begins what is no value but the description of one, as in "a valid address". In lower case:
"The Hatter" is a value."""

_APPOSITION = re.compile(
    rf"the (?:text|words?|name|number|value|date|time|user ?name|password|code|address) (?={PART}$)"
)
"""Says what kind of value follows, as in `the number "43"`."""


def split_value(text: str, said: Sentence) -> tuple[str, str] | None:
    """The value and the words for the field; None if there is more than one way to split."""
    closed = _after_closed(text, f"{_SURELY_INTO}|{_PERHAPS_INTO}")
    if closed is not None:
        return closed
    surely = _splits(text, _SURELY_INTO)
    if surely:
        return surely[0] if len(surely) == 1 else None
    return _only(_splits(text, _PERHAPS_INTO), FIELDS, said)


def split_given(text: str, preposition: str, said: Sentence) -> tuple[str, str] | None:
    """The value and the words for the field of "fill the name with Ann"; None if there is more than
    one way to split, or if it cannot be told whether a stop at the end belongs to the value."""
    splits = _splits(text, preposition)
    closed = [split for split in splits if said.is_part(split[1])]
    if closed:
        return closed[-1][1], closed[-1][0]
    if len(splits) != 1 or text.endswith(".") or _splits(splits[0][1], _SURELY_INTO):
        return None
    return splits[0][1], splits[0][0]


def split_choice(text: str, said: Sentence) -> tuple[str, str]:
    """The option and the words for the dropdown; these are empty if it cannot be told which."""
    closed = _after_closed(text, f"{_SURELY_FROM}|{_PERHAPS_FROM}")
    if closed is not None:
        return closed
    surely = _splits(text, _SURELY_FROM)
    if len(surely) == 1:
        return surely[0]
    return _only(_splits(text, _PERHAPS_FROM), DROPDOWNS, said) or (text, "")


def value_of(text: str, said: Sentence) -> str | None:
    """The value as it is to be typed; None if it is only described, or quoted in part."""
    text = _APPOSITION.sub("", text.strip())
    if said.is_part(text):
        return said.opened(text)
    if re.search(PART, text) or _DESCRIBED.match(text):
        return None
    return text or None


def _after_closed(text: str, prepositions: str) -> tuple[str, str] | None:
    """A value that is quoted, or a variable, ends where it ends."""
    found = re.fullmatch(rf"({_CLOSED})\s+(?:{prepositions})\s+(.+)", text)
    return (found[1], found[2]) if found else None


def _splits(text: str, prepositions: str) -> list[tuple[str, str]]:
    found = re.finditer(rf"\s(?:{prepositions})\s", text)
    return [(text[: one.start()], text[one.end() :]) for one in found]


def _only(splits: list[tuple[str, str]], roles: Roles, said: Sentence) -> tuple[str, str] | None:
    """The only split, or the only one whose second part has a noun for such an element."""
    if len(splits) > 1:
        splits = [split for split in splits if _has_noun(split[1], roles, said)]
    return splits[0] if len(splits) == 1 else None


def _has_noun(text: str, roles: Roles, said: Sentence) -> bool:
    return any(
        phrase.kind is not None and KINDS[phrase.kind] & roles for phrase in readings(text, said)
    )
