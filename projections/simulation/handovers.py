"""How long executors took from one run's end to the next one's start, with runs waiting."""

from __future__ import annotations

from statistics import median_low


class Handovers:
    """Told of ends and starts in the log's order; a time counts only if runs waited throughout."""

    def __init__(self) -> None:
        self._ended: dict[str, int] = {}
        self._times: list[int] = []

    def ended(self, executor: str, at: int) -> None:
        """The executor's attempt is over."""
        self._ended[executor] = at

    def started(self, executor: str, at: int) -> None:
        """The executor has the next one."""
        ended = self._ended.pop(executor, None)
        if ended is not None:
            self._times.append(max(0, at - ended))

    def nothing_to_do(self) -> None:
        """Nothing waits, or nothing may start: whoever starts next has waited for work."""
        self._ended.clear()

    def typical(self) -> int:
        """The median; 0 if there was none."""
        return median_low(self._times) if self._times else 0
