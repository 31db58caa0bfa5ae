"""The rule of ageing: waiting makes a run more urgent, so that nothing starves behind what is
urgent."""

from __future__ import annotations

from dataclasses import dataclass

from domain.dispatch import HIGHEST_PRIORITY

BY = "ageing"
"""Who changes the priority, as the events say."""


@dataclass(frozen=True, slots=True)
class AgeingRule:
    """What has waited `interval` seconds since it was last asked for rises by one level, and is
    asked for again with it; an interval of 0 turns ageing off."""

    interval: float

    @property
    def on(self) -> bool:
        """Whether anything rises at all."""
        return self.interval > 0

    def raised(self, priority: int) -> int | None:
        """The next level; None for the most urgent."""
        return priority - 1 if self.on and priority > HIGHEST_PRIORITY else None
