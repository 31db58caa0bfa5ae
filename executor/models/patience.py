"""How long and how often one question is asked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.backoff import Backoff

if TYPE_CHECKING:
    from executor.models.failed import FailedError


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often one question may be asked. Times are seconds.

    `request` bounds one request, `deadline` all of an answer, waits included. `corrections` is how
    often a model is told that its answer is of no use. The waits are those of the back-off.
    """

    request: float = 30.0
    deadline: float = 60.0
    attempts: int = 4
    corrections: int = 2
    first_wait: float = 0.5
    longest_wait: float = 8.0


class Patience:
    """Whether it is worth asking again, and when."""

    def __init__(self, limits: Limits) -> None:
        self._deadline = time.monotonic() + limits.deadline
        self._attempts = limits.attempts
        self._corrections = limits.corrections
        self._backoff = Backoff(limits.first_wait, limits.longest_wait)

    def wait_after(self, failed: FailedError) -> float:
        """Seconds to wait. Raises what failed if it is not worth it, or past the deadline."""
        useless = failed.trouble in ("garbage", "schema")
        self._attempts -= 1
        self._corrections -= useless
        if failed.trouble == "refused" or self._attempts < 1 or self._corrections < 0:
            raise failed
        if failed.correction is not None:
            return 0.0
        # Never at the very moment that a server has told many to come again at.
        wait = (failed.wait or 0.0) + self._backoff.next()
        if time.monotonic() + wait >= self._deadline:
            raise failed
        return wait
