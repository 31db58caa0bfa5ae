"""One attempt at an answer that came to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from executor.words.question import ModelTrouble


@dataclass(eq=False)
class FailedError(Exception):
    """One attempt came to nothing. `correction` is an answer, and what is wrong with it."""

    trouble: ModelTrouble
    message: str
    wait: float | None = None
    correction: tuple[str, str] | None = None
