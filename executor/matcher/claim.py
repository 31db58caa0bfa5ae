"""What is claimed of a page, and the verdict on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from executor.matcher.folding import spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEANS_MORE = re.compile(
    r"\s(?:and|or|but|after|before|when|because|than|instead|without|at)\s", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement holds, why, and the words on the page that decide it: "" if something
    absent does, or something that is no text of the page."""

    holds: bool
    reason: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed to stand somewhere, as it was written, `quoted` or not."""

    text: str
    quoted: bool

    @property
    def literal(self) -> bool:
        """Whether it is false if it is not there. Words that are not quoted may be a paraphrase,
        unless they look like a name or a number."""
        return self.quoted or not (self.text[:1].islower() or _MEANS_MORE.search(self.text))

    def is_same(self, text: str) -> bool:
        """Whether a text is what is claimed."""
        if self.quoted:
            return spaced(text) == spaced(self.text)
        return _plain(text) == _plain(self.text)


def true(reason: str, quote: str = "") -> Verdict:
    """The verdict that it is so."""
    return Verdict(holds=True, reason=reason, quote=quote)


def false(reason: str, quote: str = "") -> Verdict:
    """The verdict that it is not so."""
    return Verdict(holds=False, reason=reason, quote=quote)


def compared(what: str, texts: Sequence[str], claim: Claim) -> Verdict | None:
    """Whether one of the texts is what is claimed; None if it is not, but may be meant."""
    for text in texts:
        if claim.is_same(text):
            return true(f'{what} is "{text}"', text)
    if not claim.literal:
        return None
    found = " and ".join(f'"{text}"' for text in texts[:3]) or "missing"
    return false(f'{what} is {found}, not "{claim.text}"', texts[0] if len(texts) == 1 else "")


def _plain(text: str) -> str:
    """Without capitals, and without the stop that may be the sentence's."""
    return spaced(text).casefold().removesuffix(".")
