"""The embedded server is killed in the middle of its work; a restart makes everything good."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from executor.browser.reaper import marked_processes
from tests.support.deployment import Deployment, embedded
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path


def left_over(servers: list[int], data_dir: Path) -> list[str]:
    """The browsers, drivers and databases of these servers that still run."""
    browsers = [
        process.name()
        for process, marked in marked_processes()
        if int(marked.partition("-")[0]) in servers
    ]
    others = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(data_dir) in " ".join([*process.cmdline(), *process.environ().values()]):
                others.append(process.name())
    return browsers + others


@pytest.mark.parametrize("active", [1, 5])
def test_after_kill_nine_with_five_running_and_twenty_waiting_every_run_ends_once(
    tmp_path: Path, shop: str, active: int
):
    """Killed as soon as the first is seen to run, too: the log is then ahead of everything else."""
    with embedded(tmp_path) as proctor:
        slow = {"goto": "/slow?seconds=2", "timeout": 20}
        runs = proctor.batch(
            *({"name": f"run {n}", "base_url": shop, "steps": [slow]} for n in range(25))
        )
        wait_until(lambda: proctor.get("/queue/status")["active"] >= active, "active runs")
        os.kill(proctor.processes["serve"].pid, signal.SIGKILL)
        proctor.processes["serve"].wait(10)
        servers = [proctor.processes["serve"].pid]

    with embedded(tmp_path) as proctor:
        servers.append(proctor.processes["serve"].pid)
        proctor.wait_until_all_over(timeout=90)
        for run in runs:
            assert verdicts(proctor, run["id"]) == ["RunPassed"]
        assert len(browsers_alive(proctor)) <= 5

    wait_until(lambda: not left_over(servers, tmp_path), "everything to be gone")


def verdicts(proctor: Deployment, run_id: str) -> list[str]:
    events = proctor.events(run_id)
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    ends = {"RunPassed", "RunFailed", "RunErrored", "RunTimedOut", "RunCancelled"}
    return [event["type"] for event in events if event["type"] in ends]


def browsers_alive(proctor: Deployment) -> list[psutil.Process]:
    """The browsers' main processes: those whose parent is a driver of this server's."""
    server = psutil.Process(proctor.processes["serve"].pid)
    return [
        child
        for driver in server.children()
        for child in driver.children()
        if "headless" in child.name() or "chrom" in child.name()
    ]
