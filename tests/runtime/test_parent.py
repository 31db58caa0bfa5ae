"""Processes that were started for another's sake do not outlive it."""

from __future__ import annotations

import subprocess
import sys

import psutil

from tests.support.deployment import ROOT
from tests.support.waiting import wait_until

CHILD = "import time; from runtime.parent import end_with_parent; end_with_parent(); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time\n"
    f"child = subprocess.Popen([sys.executable, '-c', {CHILD!r}])\n"
    "print(child.pid, flush=True); time.sleep(60)"
)


def test_an_api_worker_ends_soon_after_the_process_above_it_was_killed():
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait_until(lambda: child.num_threads() > 1, "the child to watch")
        parent.kill()
    wait_until(lambda: _ended(child), "the child to end")


def _ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
