"""The processes of one launched browser, remembered so that they can be ended at once."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from executor.browser.reaper import marked_processes, profiles_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BrowserProcesses:
    """A browser leads a process group of its own; its parent is Playwright's driver."""

    mark: str
    group: int
    driver: int
    profiles: frozenset[Path]

    @classmethod
    def of(cls, mark: str) -> BrowserProcesses | None:
        """Those of the browser launched with this mark; None if it is gone already."""
        found = [process for process, marked in marked_processes() if marked == mark]
        profiles = frozenset(profile for process in found for profile in profiles_of(process))
        for process in found:
            with suppress(ProcessLookupError):
                if os.getpgid(process.pid) == process.pid:
                    return cls(mark, process.pid, process.ppid(), profiles)
        return None

    def kill(self) -> None:
        """Ends the browser, stopped or not, and removes its profile."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        # One that was being forked while its parent died may be in no group of ours.
        kill_marked(self.mark)
        for profile in self.profiles:
            shutil.rmtree(profile, ignore_errors=True)

    def kill_driver(self) -> None:
        """Ends the driver too, for when it does not answer."""
        with suppress(ProcessLookupError):
            os.kill(self.driver, signal.SIGKILL)


def kill_marked(mark: str) -> None:
    """Ends whatever bears the mark."""
    for process, marked in marked_processes():
        if marked == mark:
            with suppress(psutil.NoSuchProcess):
                process.kill()
