"""What a process keeps to itself: its folder, its scratch, its secrets, its threads."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from domain.errors import ProctorError
from runtime.backoff import Backoff
from runtime.database import database
from runtime.lifecycle import Crew
from runtime.scratch import scratch
from runtime.settings import Settings, take_secrets
from runtime.sole_use import sole_use
from tests.support.deployment import ROOT
from tests.support.waiting import wait_until


def test_a_data_folder_belongs_to_one_server(tmp_path):
    with sole_use(tmp_path):
        code = "from runtime.sole_use import *; from pathlib import Path\n"
        code += f"with sole_use(Path({str(tmp_path)!r})): pass"
        other = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert f"in use by another server (process {os.getpid()})" in other.stderr
    with sole_use(tmp_path):
        pass


def test_scratch_is_gone_with_the_process_and_after_a_kill(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    code = (
        "from runtime.scratch import scratch; import os, signal\n"
        "with scratch() as folder:\n"
        "    (folder / 'left').touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    (left,) = tmp_path.iterdir()
    with scratch() as folder:
        assert not left.exists()
        assert Path(tempfile.mkdtemp()).parent == folder
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_taken_out_of_the_environment(monkeypatch):
    monkeypatch.setenv("PROCTOR_SECRET_PASSWORD", "geheim")
    assert take_secrets() == {"PASSWORD": "geheim"}
    assert "PROCTOR_SECRET_PASSWORD" not in os.environ


def test_passwords_in_settings_are_not_shown(monkeypatch):
    monkeypatch.setenv("PROCTOR_DATABASE_URL", "postgresql://me:geheim@db/x")
    assert "geheim" not in repr(Settings())


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "GUARDED_HOSTS"])
def test_a_host_that_is_none_is_refused_at_the_start(monkeypatch, name):
    monkeypatch.setenv(f"PROCTOR_{name}", "shop.example:8000, http://shop")
    with pytest.raises(ValueError, match="'http://shop' is not"):
        Settings()


def test_a_database_that_does_not_answer_is_one_clear_error(monkeypatch):
    monkeypatch.setenv("PROCTOR_DATABASE_URL", "postgresql://me:geheim@127.0.0.1:9/x")
    with pytest.raises(ProctorError, match="does not answer") as caught, database(Settings()):
        pass
    assert "geheim" not in str(caught.value)


class Flaky:
    """A component that fails a few times before it settles."""

    name = "flaky"

    def __init__(self, failures):
        self.failures = failures
        self.settled = threading.Event()

    def run(self, stop):
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not yet")
        self.settled.set()
        stop.wait()


def test_a_component_that_fails_is_started_again_and_its_trouble_is_told():
    flaky = Flaky(failures=2)
    with Crew([flaky]) as crew:
        assert flaky.settled.wait(10)
        assert "RuntimeError: not yet" in crew.troubles["flaky"]
        wait_until(lambda: not crew.troubles, "the trouble to be forgotten", timeout=10)


class SlowToFail:
    name = "slow to fail"
    failures = 0

    def run(self, stop):
        stop.wait(0.4)
        self.failures += 1
        raise RuntimeError("not this time either")


def test_a_component_that_takes_long_to_fail_again_stays_in_trouble(monkeypatch):
    monkeypatch.setattr("runtime.lifecycle._SETTLED_AFTER", 0.6)
    slow = SlowToFail()
    with Crew([slow]) as crew:
        wait_until(lambda: slow.failures, "the first failure")
        wait_until(lambda: not crew.troubles or slow.failures == 3, "trouble to be forgotten")
        assert slow.failures == 3


def test_backoff_doubles_up_to_its_limit_and_begins_anew():
    backoff = Backoff(first=1.0, longest=4.0)
    delays = [backoff.next() for _ in range(5)]
    assert all(0.5 * c <= d <= c for d, c in zip(delays, [1, 2, 4, 4, 4], strict=True))
    backoff.reset()
    assert backoff.next() <= 1.0
