"""Quoted parts of a sentence, taken out of it so that no rule of grammar looks inside."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIRST, _LAST = 0xE000, 0xF8FF
"""Private characters stand for the parts; Stagehand takes them out of a page's texts."""

PART = rf"[{chr(_FIRST)}-{chr(_LAST)}]"
_PRIVATE = re.compile(PART)
_QUOTED = re.compile(
    r"""(?<!\w)(?:"([^"]*)"|“([^“”]*)”|«([^«»]*)»"""
    r"""|'((?:[^']|(?<=\w)'(?=\w))*)'"""
    r"""|\u2018((?:[^\u2018\u2019]|(?<=\w)\u2019(?=\w))*)\u2019)(?!\w)"""
)
_OPENING = re.compile(r"(?<!\w)[\"“«]")

VARIABLE = re.compile(r"%[A-Za-z_][\w.]*%")
"""What stands for a value that is not shown."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with single spaces whose quoted parts are one character each. `lines` are those it had
    outside of them."""

    text: str
    parts: tuple[str, ...]
    lines: int = 1

    @property
    def closed(self) -> bool:
        """Whether every quoted part ends; a mark behind a word may be inches."""
        return _OPENING.search(self.text) is None

    def opened(self, text: str) -> str:
        """A piece of it with the quoted parts put back, without their marks."""
        return _PRIVATE.sub(lambda found: self.parts[ord(found[0]) - _FIRST], text)

    def is_part(self, text: str) -> bool:
        """Whether a piece of it is one quoted part and nothing else."""
        return _PRIVATE.fullmatch(text.strip()) is not None


def sentence(text: str) -> Sentence:
    """Reads double, single and typographic quotes; an apostrophe is none. Private characters of the
    text itself become question marks: no page shows them to us."""
    parts: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if _FIRST + len(parts) > _LAST:
            return found[0]
        parts.append(next(part for part in found.groups() if part is not None))
        return chr(_FIRST + len(parts) - 1)

    masked = _QUOTED.sub(keep, _PRIVATE.sub("?", text))
    lines = len(masked.strip().splitlines())
    return Sentence(" ".join(masked.split()), tuple(parts), lines)
