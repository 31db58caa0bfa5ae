"""Ending browsers for good: whole process groups, stopped ones too, with their profiles."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import structlog

from executor.browser.launch import MARKER, owner_lives

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = structlog.get_logger()

_PROFILE = "--user-data-dir="
_DRIVER = "run-driver"
_GONE_WITHIN = 2.0
_LOOK_EVERY = 0.01


def reap_orphans() -> int:
    """Kills browsers and drivers whose owner is dead, at start-up; how many processes those were.

    Those of living owners are left alone.
    """
    orphans = [process for process, marked in marked_processes() if not owner_lives(marked)]
    orphans += list(_orphaned_drivers())
    if orphans:
        logger.warning("reaper.found_orphans", processes=len(orphans))
        _kill(orphans)
    return len(orphans)


def marked_processes() -> Iterator[tuple[psutil.Process, str]]:
    """Every browser process of any executor on this machine, with its mark."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            marked = process.environ().get(MARKER)
            if marked:
                yield process, marked


def _orphaned_drivers() -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["name", "cmdline", "ppid"]):
        arguments = process.info["cmdline"] or []
        with suppress(psutil.Error):
            if _DRIVER in arguments and process.info["ppid"] == 1 and _is_playwrights(arguments):
                yield process


def _is_playwrights(arguments: list[str]) -> bool:
    return any("playwright/driver" in argument for argument in arguments)


def _kill(processes: list[psutil.Process]) -> None:
    profiles = {profile for process in processes for profile in profiles_of(process)}
    own_group = os.getpgid(0)
    # Children that wiped their environment are found by the group their browser leads.
    for group in {_group(process) for process in processes} - {None, own_group}:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)  # type: ignore[arg-type]
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    _wait_until_gone(processes)
    for profile in profiles:
        shutil.rmtree(profile, ignore_errors=True)


def _wait_until_gone(processes: list[psutil.Process]) -> None:
    """A dead one that its new parent has not noticed yet, for seconds maybe, is gone."""
    deadline = time.monotonic() + _GONE_WITHIN
    while any(map(_is_there, processes)) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)


def _is_there(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None


def profiles_of(process: psutil.Process) -> Iterator[Path]:
    """The profile folders in the process's arguments."""
    with suppress(psutil.Error):
        for argument in process.cmdline():
            if argument.startswith(_PROFILE):
                yield Path(argument.removeprefix(_PROFILE))
