"""What a server takes of the machine's memory: proportional set size, so that nothing that
processes share is counted twice."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from benchmarks.cpu import stage

if TYPE_CHECKING:
    from pathlib import Path

_MB = 1_000_000


def megabytes_by_stage(server: int, data_dir: Path) -> Counter[str]:
    """PSS in MB of the server, its descendants and the database in its data folder."""
    used: Counter[str] = Counter()
    for process in [psutil.Process(server), *_databases(data_dir)]:
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                used[stage(each.pid)] += each.memory_full_info().pss / _MB
    return used


def _databases(data_dir: Path) -> list[psutil.Process]:
    """PostgreSQL leaves its parent when it starts; its command line names its folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(data_dir) in word for word in process.info["cmdline"] or [])
        and stage(process.pid) == "database"
    ]
