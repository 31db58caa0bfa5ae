"""What a fault is: something that is done to a running deployment, and undone again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.chaos.mix import USUAL, Mix

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

    from tests.chaos.deployment import Deployment
    from tests.chaos.oracle.finding import Finding
    from tests.chaos.oracle.history import History

AFTER_AN_EXECUTOR, AFTER_A_SERVER = 5.0, 15.0
"""Seconds within which everything must be back to normal, after an executor's death, and after
broker or database are there again."""

PATIENCE = 45.0
"""Seconds to wait for what a fault needs; a process that starts on a busy machine takes twenty."""


@dataclass(frozen=True, slots=True)
class Spoils:
    """Verdicts that so many runs may come to instead of their own."""

    verdicts: tuple[str, ...] = ()
    most: int = 0


class Fault:
    """One fault; its file in `faults/` makes the one there is of it."""

    about = ""
    """One sentence."""
    mark: float | None = AFTER_A_SERVER
    """Seconds to normal at the most; None where nothing was promised."""
    blurs_order = True
    """Whether nobody can tell, while it lasts, which message is where."""
    mix: Mix = USUAL
    """What the clients ask for."""
    begins = (1.5, 3.5)
    """Seconds after the first request."""
    patience = 60.0
    """Seconds from normal until every run is over."""
    spoils = Spoils()
    """Runs that cannot be expected to end as their test does."""

    def why_not(self, deployment: Deployment) -> str | None:
        """Why it cannot be tried on this machine; None if it can."""

    def more_runs(self) -> Sequence[dict[str, Any]]:
        """Runs that it needs besides the mix, as differences to a usual one."""
        return ()

    def prepare(self, deployment: Deployment) -> None:
        """Before the first request."""

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        """Does the harm; returns when it is done. What must not be is noted in
        `deployment.findings`."""

    def heal(self, deployment: Deployment) -> None:
        """Undoes it, as far as that is an operator's job; also if `inject` did not get far."""

    def judge(self, history: History) -> Iterator[Finding]:
        """What this fault in particular must not lead to."""
        yield from ()

    def restore(self, deployment: Deployment) -> None:
        """After the judgement: the deployment as it was before `prepare`."""
