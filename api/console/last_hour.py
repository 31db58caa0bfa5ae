"""The last hour, minute by minute: runs that ended, those that passed, and how long they waited."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.rows import DictRow

    from projections.reader import Snapshot

MINUTES = 60


@dataclass(slots=True)
class Minute:
    """What ended within a minute; `waited` are the seconds that those of `started` had waited."""

    verdicts: int = 0
    passed: int = 0
    cancelled: int = 0
    started: int = 0
    waited: float = 0.0

    def add(self, row: DictRow) -> None:
        """Counts what was not counted yet."""
        self.verdicts += row["verdicts"]
        self.passed += row["passed"]
        self.cancelled += row["cancelled"]
        self.started += row["started"]
        self.waited += float(row["waited"])

    @property
    def judged(self) -> int:
        """Runs that came to a verdict on their own."""
        return self.verdicts - self.cancelled


class LastHour:
    """Remembers what it has read, and asks only for what came since: verdicts come in the order of
    the log, and stay. Safe to share among threads."""

    def __init__(self) -> None:
        self._minutes: dict[datetime, Minute] = {}
        self._position = 0
        self._lock = threading.Lock()

    def of(self, snapshot: Snapshot) -> Sequence[Minute]:
        """Sixty minutes, the present one last."""
        present = datetime.now(UTC).replace(second=0, microsecond=0)
        first = present - timedelta(minutes=MINUTES - 1)
        with self._lock:
            for row in snapshot.verdicts_by_minute(first, self._position):
                self._minutes.setdefault(row["minute"].astimezone(UTC), Minute()).add(row)
                self._position = max(self._position, row["position"])
            self._minutes = {at: one for at, one in self._minutes.items() if at >= first}
            found = dict(self._minutes)
        minutes = (first + timedelta(minutes=n) for n in range(MINUTES))
        return [found.get(minute, Minute()) for minute in minutes]
