"""What the processes of a deployment take of the machine, and how far its followers are behind."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil
import psycopg

from benchmarks.cpu import stage

if TYPE_CHECKING:
    from types import TracebackType

    from tests.support.deployment import Deployment

_KB_PER_MB = 1024
BROWSERS = {"browser", "driver"}
"""Stages that are thrown away and started again together."""
SERVERS = {"database", "broker", "shop"}
"""Stages that are not Proctor's own."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment. Memory is proportional set size in MB, so that nothing is counted twice."""

    seconds: float
    submitted: int
    own_memory: float
    browser_memory: float
    database_memory: float
    processes: int
    descriptors: int
    views_lag: int
    relay_lag: int
    connections: int


class Sampler:
    """Knows every process that a deployment started, those included that lost their parent."""

    def __init__(self, folder: Path, proctor: Deployment, database: str) -> None:
        self._mark = str(folder).encode()
        self._proctor = proctor
        self._database = psycopg.connect(database, autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def sample(self, seconds: float, submitted: int) -> Sample:
        """This moment."""
        kilobytes: Counter[str] = Counter()
        processes = descriptors = 0
        for pid in self._pids():
            with suppress(FileNotFoundError, ProcessLookupError):
                of = stage(pid)
                kilobytes[_sort(of)] += _pss(pid)
                processes += of not in SERVERS
                descriptors += _descriptors(pid) if of not in SERVERS else 0
        views_lag, relay_lag = self._lags()
        return Sample(
            seconds=round(seconds, 1),
            submitted=submitted,
            own_memory=kilobytes["own"] / _KB_PER_MB,
            browser_memory=kilobytes["browser"] / _KB_PER_MB,
            database_memory=kilobytes["database"] / _KB_PER_MB,
            processes=processes,
            descriptors=descriptors,
            views_lag=views_lag,
            relay_lag=relay_lag,
            connections=self._connections(),
        )

    def _pids(self) -> set[int]:
        """Descendants of this process, and of whatever names the deployment's folder."""
        parents = {each.pid: each.info["ppid"] for each in psutil.process_iter(["ppid"])}
        found = {os.getpid()} | {pid for pid in parents if self._is_marked(pid)}
        new = found
        while new:
            new = {pid for pid, parent in parents.items() if parent in new} - found
            found = found | new
        return found - {os.getpid()}

    def _is_marked(self, pid: int) -> bool:
        with suppress(OSError):
            process = Path(f"/proc/{pid}")
            said = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            return self._mark in said
        return False

    def _lags(self) -> tuple[int, int]:
        shown = self._proctor.get("/queue/status")["position"]
        row = self._database.execute(
            "SELECT (SELECT max(notification_id) FROM proctor_events),"
            " (SELECT position FROM dispatch.position)"
        ).fetchone()
        head, relayed = row if row is not None else (0, 0)
        return max(0, head - shown), max(0, head - relayed)

    def _connections(self) -> int:
        row = self._database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'proctor %'"
        ).fetchone()
        return int(row[0]) if row is not None else 0


def _sort(of: str) -> str:
    if of in BROWSERS:
        return "browser"
    return of if of in SERVERS else "own"


def _descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _pss(pid: int) -> int:
    """Kilobytes: proc_pid_smaps(5). A zombie has none."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
