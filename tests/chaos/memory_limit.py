"""A limit on the memory of some processes and all they start, where control groups let us."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROOT = Path("/sys/fs/cgroup/memory")


class MemoryLimit:
    """Version 1 of control groups, as root; elsewhere pages that allocate meet no limit."""

    def __init__(self) -> None:
        self._group = _ROOT / f"chaos-{os.getpid()}"

    def begin(self, pids: Iterable[int], more_mb: int) -> None:
        """Those processes and their descendants may use `more_mb` more than they do."""
        with suppress(OSError):
            self._group.mkdir()
        processes = [psutil.Process(pid) for pid in pids]
        processes += [child for process in processes for child in process.children(recursive=True)]
        used = 0
        for process in processes:
            with suppress(OSError, psutil.Error):
                (self._group / "cgroup.procs").write_text(str(process.pid))
                used += process.memory_full_info().pss
        with suppress(OSError):
            limit = used + (more_mb << 20)
            (self._group / "memory.limit_in_bytes").write_text(str(limit))

    @property
    def met(self) -> bool | None:
        """Whether the kernel has killed one of them for it; None where there is no limit."""
        with suppress(OSError):
            told = (self._group / "memory.oom_control").read_text().splitlines()
            return int(dict(line.split() for line in told)["oom_kill"]) > 0
        return None

    def end(self) -> None:
        """Everybody may use as much as before."""
        with suppress(OSError):
            for pid in (self._group / "cgroup.procs").read_text().split():
                with suppress(OSError):
                    (_ROOT / "cgroup.procs").write_text(pid)
            self._group.rmdir()
