"""How long to wait before trying again."""

from __future__ import annotations

import random
from dataclasses import dataclass

_random = random.SystemRandom()


@dataclass(slots=True)
class Backoff:
    """Doubling delays in seconds with full jitter, so that many waiters do not come at once."""

    first: float = 0.1
    longest: float = 5.0
    failures: int = 0

    def next(self) -> float:
        """The delay after one more failure."""
        ceiling = min(self.longest, self.first * 2**self.failures)
        self.failures += 1
        return float(_random.uniform(ceiling / 2, ceiling))

    def reset(self) -> None:
        """Something worked."""
        self.failures = 0
