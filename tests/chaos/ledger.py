"""What the clients were told: their own account, with which the log is compared."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.workload import Workload


@dataclass(slots=True)
class Entry:
    """What became of one request."""

    sent: int = 0
    accepted: tuple[str, ...] | None = None
    """The ids of its runs, in order, once it was answered 202."""
    lost_answers: int = 0
    """Sent, and no word of what became of it."""
    uncertain: int = 0
    """Answered that nobody knows whether it was accepted."""
    refusals: list[str] = field(default_factory=list)
    """Answered that nothing was accepted."""
    wrong: list[str] = field(default_factory=list)
    """Answers that should not be: of another status, or other ids for the same key."""
    cancelled: bool = False
    """Whether cancelling it was answered 202."""
    cancel_sent: bool = False

    @property
    def may_be_in_the_log(self) -> bool:
        """Whether its runs may be there though nobody said so."""
        return self.accepted is None and self.lost_answers + self.uncertain > 0


class Ledger:
    """The entries of every request, by number."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self._lock = threading.Lock()
        self.entries = {ask.number: Entry() for ask in workload.asks}

    def accept(self, number: int, ids: tuple[str, ...]) -> None:
        """The request was answered 202."""
        with self._lock:
            entry = self.entries[number]
            if entry.accepted not in (None, ids):
                entry.wrong.append(f"answered {ids} after {entry.accepted}")
            entry.accepted = ids

    @property
    def accepted(self) -> dict[str, tuple[int, int]]:
        """Request and index of every run that was answered 202, by run id."""
        return {
            run_id: (number, index)
            for number, entry in self.entries.items()
            for index, run_id in enumerate(entry.accepted or ())
        }
