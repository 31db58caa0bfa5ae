"""The steps in words of a definition, each told from others that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.definition import Definition


class Said(NamedTuple):
    """A step in words: its action, its instruction, and the how many-th of these it is, from 1.

    Not its index: a decision stays known when a step is put before it.
    """

    words: str
    instruction: str
    nth: int


def said_in(definition: Definition) -> Iterator[tuple[int, Said]]:
    """Every step in words with its index."""
    seen: dict[tuple[str, str], int] = {}
    for index, step in enumerate(definition.steps):
        if step.in_words:
            said = (step.action, step.instruction)
            seen[said] = seen.get(said, 0) + 1
            yield index, Said(*said, seen[said])
