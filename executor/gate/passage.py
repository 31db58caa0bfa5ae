"""One run's passage through the gate: its policy, and the connections that were not made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.addresses import Asked

if TYPE_CHECKING:
    from executor.gate.policy import Policy

MOST_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    """A connection that was not made, and why, in words; `refused` if the policy said no."""

    host: str
    port: int
    reason: str
    refused: bool


class Passage:
    """What is allowed while it is open, and what was not made while it was."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._troubles: dict[Trouble, None] = {}

    @property
    def refusals(self) -> list[Trouble]:
        """What the policy refused: each once, the latest last, of the hundred latest troubles."""
        return [trouble for trouble in self._troubles if trouble.refused]

    @property
    def failures(self) -> list[Trouble]:
        """What was allowed and could not be reached, likewise."""
        return [trouble for trouble in self._troubles if not trouble.refused]

    @property
    def latest(self) -> Trouble | None:
        """The latest connection that was not made, to wherever."""
        return next(reversed(self._troubles), None)

    def trouble(self, host: str, port: int) -> Trouble | None:
        """The latest trouble with `host`, in whatever spelling; None if it was reached."""
        try:
            asked = Asked.of(host, port)
        except ValueError:
            return None
        here = (t for t in reversed(self._troubles) if (t.host, t.port) == (asked.host, port))
        return next(here, None)

    def remember(self, asked: Asked, reason: str, *, refused: bool) -> None:
        """Notes that a connection was not made."""
        trouble = Trouble(asked.host, asked.port, reason, refused)
        self._troubles.pop(trouble, None)
        self._troubles[trouble] = None
        if len(self._troubles) > MOST_REMEMBERED:
            del self._troubles[next(iter(self._troubles))]
