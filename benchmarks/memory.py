"""What a server takes of the machine's memory: proportional set size, so that nothing that
processes share is counted twice."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.cpu import measured, stage

_MB = 1_000_000


def megabytes_by_stage(server: int, data_dir: Path) -> Counter[str]:
    """PSS in MB of the server, its descendants and the database in its data folder."""
    used: Counter[str] = Counter()
    for process in [psutil.Process(server), *_databases(data_dir)]:
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                used[stage(each.pid)] += each.memory_full_info().pss / _MB
    return used


def peaks_by_stage() -> dict[str, float]:
    """The most MB that one process of each stage has held at any time, of all that are measured."""
    peaks: dict[str, float] = {}
    for pid in measured():
        with suppress(FileNotFoundError, ProcessLookupError):
            name = stage(pid)
            peaks[name] = max(peaks.get(name, 0), _peak(pid))
    return peaks


def _peak(pid: int) -> float:
    """VmHWM of proc(5); 0 for a process that is over."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / _MB
    return 0


def _databases(data_dir: Path) -> list[psutil.Process]:
    """PostgreSQL leaves its parent when it starts; its command line names its folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(data_dir) in word for word in process.info["cmdline"] or [])
        and stage(process.pid) == "database"
    ]
