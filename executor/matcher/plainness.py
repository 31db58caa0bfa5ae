"""What makes an instruction plain: one action, on one element, under no condition."""

from __future__ import annotations

import re

from executor.matcher.quoting import PART
from executor.matcher.roles import KINDS, pattern_of

_POLITENESS = re.compile(r"^please,?\s+|,?\s+please(?=[.!]?$)", re.IGNORECASE)
_STOP_AFTER_QUOTE = re.compile(rf"({PART})[.!]$")
_INVERTED = re.compile(
    r"(?:in|into)\s+(?P<element>[^,]+?)(?:,\s+|\s+)(?P<verb>type|enter|write|put)\s+(?P<value>.*[^.])",
    re.IGNORECASE,
)
_VERBS = (
    r"click|double-click|press|tap|push|hit|open|follow|visit|toggle|go|navigate|type|enter|write"
    r"|put|fill|input|insert|select|choose|pick|set|change|check|tick|enable|turn|uncheck|untick"
    r"|deselect|disable|clear|hover|point|move|scroll|reload|refresh|wait|verify|ensure|make|drag"
    r"|upload"
)
_MORE_THAN_ONE = re.compile(
    rf"\bthen\b|;|(?:\band|[.,!])\s+(?:also\s+)?(?:{_VERBS})\b|\b(?:if|unless|until)\b",
    re.IGNORECASE,
)
_INDEFINITE = re.compile(
    r"(?:an?|any|some|one|each|every|both|either)\s.*|it|them|this|that|everything|anything"
    r"|something"
)
_ADDRESS = re.compile(r".*://.*|(?:.*\s)?/\S.*|www\..*")
_ALL_OF_A_KIND = re.compile(
    rf"all\s+(?:of\s+)?(?:the\s+)?(?:.*\s)?(?:{pattern_of(KINDS)})", re.IGNORECASE
)


def plain(text: str) -> str | None:
    """A sentence in its plain form: without politeness, and the verb first. None for several
    actions, and for conditions: what looks like either inside a name has to be quoted."""
    text = _STOP_AFTER_QUOTE.sub(r"\1", _POLITENESS.sub("", text))
    inverted = _INVERTED.fullmatch(text)
    if inverted is not None:
        text = f"{inverted['verb']} {inverted['value']} into {inverted['element']}"
    return None if _MORE_THAN_ONE.search(text) else text


def names_one(words: str) -> bool:
    """Whether words may name one element: not any one, nor all of a kind, nor an address."""
    not_one = (_INDEFINITE, _ADDRESS, _ALL_OF_A_KIND)
    return not any(pattern.fullmatch(words) for pattern in not_one)
