"""What the steps of runs are called; the views count steps, and the log knows their names."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from domain.run_events import RunRequested

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.log import EventLog

_REMEMBERED = 500


class StepNames:
    """Remembers those of the runs asked for lately. Safe to share among threads."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._names: OrderedDict[UUID, Sequence[str]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run_id: UUID) -> Sequence[str]:
        """One name a step, in their order; none of a run that there is not."""
        with self._lock:
            if run_id in self._names:
                self._names.move_to_end(run_id)
                return self._names[run_id]
        names = self._read(run_id)
        with self._lock:
            self._names[run_id] = names
            if len(self._names) > _REMEMBERED:
                self._names.popitem(last=False)
        return names

    def _read(self, run_id: UUID) -> Sequence[str]:
        first: object = next(iter(self._log.events.get(run_id, lte=1)), None)
        if not isinstance(first, RunRequested):
            return []
        return [str(step) for step in first.definition.steps]
