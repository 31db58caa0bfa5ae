"""Where the processor's time goes: milliseconds by stage, read from the kernel's own accounts."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_STAGES = {
    "headless": "browser",
    "chromium": "browser",
    "playwright/driver": "driver",
    "postgres": "database",
    "beam.smp": "broker",
    "examples.shop": "shop",
    "proctor\0serve": "server",
    "proctor\0api": "api",
    "proctor\0dispatcher": "dispatcher",
    "proctor\0projections": "projections",
    "proctor\0executor": "executor",
    "benchmarks.bare": "loop",
}
"""What stands in a process's command line, and the stage it belongs to; the first that fits."""


def milliseconds_by_stage() -> Counter[str]:
    """What this process's descendants and databases have used so far, those that ended included."""
    used: Counter[str] = Counter()
    for pid in measured():
        with suppress(FileNotFoundError, ProcessLookupError):
            used[stage(pid)] += round(_ticks(pid) * _TICK_MS)
    return used


def measured() -> list[int]:
    """This process's descendants and databases, and theirs."""
    return _descendants({os.getpid(), *_databases()})


def _descendants(roots: set[int]) -> list[int]:
    parents = {pid: parent for pid in _processes() if (parent := _parent(pid)) is not None}
    found, new = set(roots), set(roots)
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        found |= new
    return sorted(found - {os.getpid()})


def _databases() -> set[int]:
    """PostgreSQL leaves its parent when it starts."""
    return {pid for pid in _processes() if _parent(pid) == 1 and stage(pid) == "database"}


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold spaces: proc(5), from (3)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parent(pid: int) -> int | None:
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(_stat(pid)[1])
    return None


def _ticks(pid: int) -> int:
    """User and system time, of the process and of the children it has waited for."""
    return sum(int(field) for field in _stat(pid)[11:15])


def stage(pid: int) -> str:
    """The stage that a process belongs to, `other` if none."""
    command = ""
    with suppress(FileNotFoundError, ProcessLookupError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return next((name for part, name in _STAGES.items() if part in command), "other")
