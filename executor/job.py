"""An attempt to perform, and what belongs to it whatever browser it runs in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from executor.browser.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from domain.decision import KnownDecision
    from domain.definition import Definition
    from executor.browser.outcome import Happening
    from executor.gate.passage import Passage
    from executor.words.spending import Purse


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to perform; `timeout` is the whole attempt's, in seconds, and `decisions` are
    those known for its steps in words."""

    run_id: UUID
    attempt: int
    definition: Definition
    timeout: float
    decisions: tuple[KnownDecision, ...] = ()
    purse: Purse | None = None
    """What it spends from together with the other runs of its batch."""

    def variables(self, secrets: Mapping[str, str]) -> Variables:
        """What it may put into its steps from the beginning."""
        own = {"run_id": str(self.run_id), "attempt": str(self.attempt)}
        return Variables({**self.definition.variables, **own}, secrets)


@dataclass(frozen=True, slots=True)
class Begun:
    """A job under way: its passage through the gate, whom to tell of its steps, and the monotonic
    time at which it began."""

    job: Job
    passage: Passage
    tell: Callable[[Happening], None]
    at: float

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.at
