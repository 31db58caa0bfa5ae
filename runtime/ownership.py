"""Telling whether the process that made something still lives."""

from __future__ import annotations

import os

import psutil


def own_mark() -> str:
    """`<pid>-<start time>` of this process: a pid alone may come again."""
    return f"{os.getpid()}-{_started(psutil.Process())}"


def lives(mark: str) -> bool:
    """Whether the process with this mark still runs."""
    pid, _, started = mark.partition("-")
    try:
        return str(_started(psutil.Process(int(pid)))) == started
    except (psutil.Error, ValueError):
        return False


def _started(process: psutil.Process) -> int:
    return int(process.create_time() * 100)
