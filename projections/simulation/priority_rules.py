"""By what the next run is chosen."""

from __future__ import annotations

from enum import StrEnum


class PriorityRule(StrEnum):
    """What a simulated queue goes by; among equals it is first come, first served.

    `recorded`: priorities, with ageing. `no-ageing`: priorities alone. `first-come`: neither.
    `shortest-first`: how long the attempt takes, known beforehand as nobody could have known it.
    """

    RECORDED = "recorded"
    NO_AGEING = "no-ageing"
    FIRST_COME = "first-come"
    SHORTEST_FIRST = "shortest-first"

    @property
    def ages(self) -> bool:
        """Whether waiting makes more urgent."""
        return self is PriorityRule.RECORDED

    @property
    def by_priority(self) -> bool:
        """Whether priorities mean anything."""
        return self in {PriorityRule.RECORDED, PriorityRule.NO_AGEING}

    def urgency(self, priority: int, takes: int) -> int:
        """What orders the line, the lowest first; an attempt `takes` microseconds."""
        if self.by_priority:
            return priority
        return takes if self is PriorityRule.SHORTEST_FIRST else 0
