"""Nothing outlives its time: not a run, not a browser, whatever is done to it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

import psutil
import pytest

from executor import perform as performing
from executor.browser.launch import MARKER
from executor.browser.reaper import reap_orphans
from tests.executor.stage import Stage, browser_or_skip
from tests.support.deployment import ROOT
from tests.support.waiting import eventually, wait_until

FOREVER = {"click": {"text": "never"}, "timeout": 60}
FINE = ({"goto": "/"}, {"expect": {"title": "Form"}})


@pytest.fixture
def stage(tmp_path):
    browser_or_skip()
    with Stage(tmp_path) as stage:
        yield stage
    assert stage.processes() == []


async def reach_second_step(work, outcomes):
    await eventually(lambda: outcomes or work.done(), "the first step to be done")


def signalled(stage, number, *, driver=False):
    """Sends a signal to the browser, or to its driver, once the first step is done."""

    async def during(work, outcomes):
        await reach_second_step(work, outcomes)
        for process in {p.parent() for p in stage.processes()} if driver else stage.processes():
            if not driver or "node" in process.name():
                os.kill(process.pid, number)

    return during


def test_a_page_that_spins_for_ever_times_out_in_time_and_leaves_nothing(stage, site):
    before = {p.pid for p in stage.processes()}
    begun = time.monotonic()
    seen = stage.perform(site, {"goto": "/spin"}, FOREVER, seconds=4)
    assert seen.outcome.verdict == "timed_out"
    assert time.monotonic() - begun < 4 + 3.5
    assert 'it was at step 2, click text "never"' in seen.message
    wait_until(lambda: not any(psutil.pid_exists(pid) for pid in before), "the browser to be gone")
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


def test_a_stopped_browser_times_out_in_time_and_the_next_run_is_fine(stage, site):
    begun = time.monotonic()
    during = signalled(stage, signal.SIGSTOP)
    seen = stage.perform(site, {"goto": "/"}, FOREVER, seconds=2, during=during)
    assert seen.outcome.verdict == "timed_out"
    assert time.monotonic() - begun < 4 + 3.5
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


def test_a_stopped_driver_times_out_in_time_and_the_next_run_is_fine(stage, site):
    begun = time.monotonic()
    during = signalled(stage, signal.SIGSTOP, driver=True)
    seen = stage.perform(site, {"goto": "/"}, FOREVER, seconds=2, during=during)
    assert seen.outcome.verdict == "timed_out"
    assert time.monotonic() - begun < 4 + 3.5
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


def test_a_killed_browser_loses_the_attempt_not_the_test(stage, site):
    during = signalled(stage, signal.SIGKILL)
    seen = stage.perform(site, {"goto": "/"}, FOREVER, during=during)
    assert (seen.outcome.verdict, seen.kind) == ("lost", "browser_lost")
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


def test_a_browser_that_died_while_idle_costs_nothing(stage, site):
    stage.perform(site, *FINE)
    for process in stage.processes():
        os.kill(process.pid, signal.SIGKILL)
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


def test_a_browser_that_died_while_idle_leaves_no_process(stage, site):
    """Not even one that was being forked then, and is in no group of its browser's yet."""
    stage.perform(site, *FINE)
    stage.runner.run(eventually(stage.browsers._next.done, "the next page to be ready"))
    processes = stage.browsers._launched.processes
    stray = subprocess.Popen(
        ["sleep", "60"], env=os.environ | {MARKER: processes.mark}, start_new_session=True
    )
    os.killpg(processes.group, signal.SIGKILL)
    stage.runner.run(eventually(lambda: stray.poll() is not None, "the stray to be gone", 5))


def test_a_browser_that_was_ended_is_tidied_up_without_making_its_folder_again(stage, site):
    stage.perform(site, *FINE)
    stage.runner.run(eventually(stage.browsers._next.done, "the next page to be ready"))
    launched = stage.browsers._launched
    stage.runner.run(discarded(stage))
    launched.empty_traces()
    assert not launched.folder.exists()


def test_a_launch_that_is_given_up_in_its_middle_leaves_nothing(stage, site, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stage.runner.run(given_up_while_launching(stage, tmp_path))
    assert stage.perform(site, *FINE).outcome.verdict == "passed"
    wait_until(
        lambda: len(list(tmp_path.glob("browser-*"))) == 1, "one browser's folder to be left"
    )
    assert len({os.getpgid(process.pid) for process in stage.processes()}) == 1


async def given_up_while_launching(stage, folder):
    stage.browsers.discard()
    taking = asyncio.create_task(stage.browsers.take())
    await eventually(lambda: any(folder.glob("browser-*")), "a launch to begin")
    taking.cancel()
    await asyncio.wait({taking})


def test_a_cancelled_attempt_leaves_nothing(stage, site):
    async def cancel(work, outcomes):
        await reach_second_step(work, outcomes)
        work.cancel()

    before = {p.pid for p in stage.processes()}
    with pytest.raises(asyncio.CancelledError):
        stage.perform(site, {"goto": "/"}, FOREVER, during=cancel)
    wait_until(lambda: not any(psutil.pid_exists(p) for p in before), "it to be gone", timeout=2)


def test_a_browser_that_is_never_ready_costs_one_attempt_and_not_the_runs_time(
    stage, site, monkeypatch
):
    async def stands_still(*_):
        await asyncio.Event().wait()

    assert stage.perform(site, *FINE).outcome.verdict == "passed"
    with monkeypatch.context() as patched:
        patched.setattr(performing, "_READY_WITHIN", 0.3)
        patched.setattr(stage.browsers, "_launch_browser", stands_still)
        stage.runner.run(discarded(stage))
        seen = stage.perform(site, *FINE)
    assert (seen.outcome.verdict, seen.kind) == ("lost", "browser_lost")
    assert "no browser was ready within 0.3 s" in seen.message
    stage.runner.run(discarded(stage))
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


async def discarded(stage):
    stage.browsers.discard()


def test_a_browser_is_replaced_after_its_share_of_runs(tmp_path, site):
    browser_or_skip()
    with Stage(tmp_path, runs_per_browser=2) as stage:
        leaders = []
        for _ in range(4):
            stage.perform(site, *FINE)
            leaders.append(stage.browsers._launched.processes.group)
        assert len(set(leaders)) == 2


LAUNCHER = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from executor.browser.browsers import Browsers
    from executor.browser.settings import BrowserSettings
    from executor.gate.gate import Gate

    async def main():
        async with Gate() as gate, Browsers(BrowserSettings(owner="orphan-test"), gate) as browsers:
            await browsers.take()
            print("ready", flush=True)
            await asyncio.Event().wait()

    asyncio.run(main())
""")


def test_browsers_of_a_killed_process_are_reaped_and_others_left_alone(stage, site):
    stage.perform(site, *FINE)
    ours = {p.pid for p in stage.processes()}
    child = subprocess.Popen([sys.executable, "-c", LAUNCHER], stdout=subprocess.PIPE, cwd=ROOT)
    assert b"ready\n" in iter(child.stdout.readline, b"")
    theirs = [p for p in psutil.Process(child.pid).children(recursive=True) if MARKER in env(p)]
    for process in psutil.Process(child.pid).children():
        process.suspend()  # The driver must not be able to tidy up by itself.
    for process in theirs:
        process.suspend()
    child.kill()
    child.wait()
    child.stdout.close()
    assert theirs
    reap_orphans()
    wait_until(lambda: not any(p.is_running() for p in theirs), "the orphans to be gone")
    assert all(psutil.pid_exists(pid) for pid in ours)
    assert stage.perform(site, *FINE).outcome.verdict == "passed"


def env(process):
    try:
        return process.environ()
    except psutil.Error:
        return {}
