"""The embedded server is killed in the middle of its work; a restart makes everything good."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from tests.support.deployment import Deployment, embedded
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKER = "PROCTOR_BROWSER_OWNER"


def browsers_of(data_dir: Path) -> list[psutil.Process]:
    """The browsers and drivers that a server on this data folder started."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("PROCTOR_DATA_DIR") == str(data_dir)
            if (ours and "node" in process.name()) or MARKER in process.environ():
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_after_kill_nine_with_five_running_and_twenty_waiting_every_run_ends_once(
    tmp_path: Path, shop: str
):
    with embedded(tmp_path) as proctor:
        slow = {"goto": "/slow?seconds=2", "timeout": 20}
        runs = proctor.batch(
            *({"name": f"run {n}", "base_url": shop, "steps": [slow]} for n in range(25))
        )
        wait_until(lambda: proctor.get("/queue/status")["active"] == 5, "five active runs")
        os.kill(proctor.processes["serve"].pid, signal.SIGKILL)
        proctor.processes["serve"].wait(10)

    with embedded(tmp_path) as proctor:
        proctor.wait_until_all_over(timeout=90)
        for run in runs:
            assert verdicts(proctor, run["id"]) == ["RunPassed"]
        assert len(browsers_alive(proctor)) <= 5

    wait_until(lambda: not browsers_of(tmp_path), "every browser to be gone")
    assert not any(str(tmp_path) in " ".join(command) for command in commands()), "PostgreSQL is"


def commands() -> Iterator[list[str]]:
    """The command lines of everything that runs."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            yield process.cmdline()


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
