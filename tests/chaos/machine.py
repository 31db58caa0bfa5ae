"""How much of the machine others use: times measured on a busy one say nothing about ours."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import psutil

_ROOT = Path("/sys/fs/cgroup/cpuacct")
_NS = 1e9


class Machine:
    """Counts processor time, ours in a control group of our own where there is one."""

    def __init__(self) -> None:
        self._group = _ROOT / f"chaos-{os.getpid()}"
        with suppress(OSError):
            self._group.mkdir()
            (self._group / "cgroup.procs").write_text(str(os.getpid()))
        self.mark()

    def mark(self) -> None:
        """Counts from now on."""
        self._since = self._now()

    def used_by_others(self) -> float | None:
        """The share of all processors that others used since `mark`; None where nobody can say."""
        ours, every, at = self._now()
        ours_before, every_before, at_before = self._since
        if ours is None or ours_before is None:
            return None
        seconds = (every - every_before) - (ours - ours_before)
        return max(0.0, seconds / ((at - at_before) * (os.cpu_count() or 1)))

    def close(self) -> None:
        """Gives the control group back, if nobody is left in it."""
        with suppress(OSError):
            (_ROOT / "cgroup.procs").write_text(str(os.getpid()))
            self._group.rmdir()

    def _now(self) -> tuple[float | None, float, float]:
        times = psutil.cpu_times()
        busy = times.user + times.nice + times.system + times.irq + times.softirq + times.steal
        try:
            ours = int((self._group / "cpuacct.usage").read_text()) / _NS
        except OSError:
            ours = None
        return ours, busy, time.monotonic()
