"""Runs that wait: their place, and why they are not running yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.executor_states import takes_runs
from api.presented import seconds_to_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg.rows import DictRow

    from projections.reader import Snapshot
    from runtime.broker.port import Presence

MOST = 50
"""Runs of each pool on a page."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits; it starts in so many seconds, as far as one can guess."""

    run: DictRow
    why: str
    starts_in: float | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """What keeps runs waiting: a pause, executors that are busy or missing, and other runs."""

    paused: bool
    serving: Counter[str]
    busy: Counter[str]
    queued: Mapping[tuple[str, int], int]

    @classmethod
    def of(
        cls,
        alive: Sequence[Presence],
        running: Sequence[DictRow],
        queued: Mapping[tuple[str, int], int],
        *,
        paused: bool,
    ) -> Reasons:
        """As executors say of themselves, and the views of runs."""
        serving = Counter(said.pool for said in alive if takes_runs(said))
        return cls(paused, serving, Counter(row["pool"] for row in running), queued)

    def why(self, run: DictRow) -> str:
        """Why the run waits."""
        pool, before = run["pool"], run["queue_position"] - 1
        executors = self.serving[pool]
        if self.paused:
            return "the queue is paused"
        if not executors:
            return f"no executor serves pool {pool}"
        if before < executors - self.busy[pool]:
            return "being handed out"
        if before:
            return self._behind(run, before)
        what = "the executor is" if executors == 1 else f"all {executors} executors are"
        return f"next: {what} busy"

    def _behind(self, run: DictRow, before: int) -> str:
        """Who goes first."""
        urgent = sum(
            many
            for (pool, priority), many in self.queued.items()
            if pool == run["pool"] and priority < run["priority"]
        )
        urgent = min(urgent, before)
        said = [f"{urgent:,} more urgent"] if urgent else []
        said += [f"{before - urgent:,} earlier"] if before > urgent else []
        return f"behind {' and '.join(said)}"


def waiting(snapshot: Snapshot, reasons: Reasons, slots: int) -> list[Waiting]:
    """The runs that start next, in the order in which they will."""
    rows = snapshot.waiting(MOST)
    seconds = snapshot.typical_seconds() if rows and not reasons.paused else None
    busy = sum(reasons.busy.values())
    return [
        Waiting(
            row, reasons.why(row), seconds_to_start(row["queue_position"], seconds, busy, slots)
        )
        for row in rows
    ]
