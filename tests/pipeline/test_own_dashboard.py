"""Proctor tests its own dashboard: its example suite passes on a server that runs it on itself."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from cli.suite_file import read_suite
from tests.support.deployment import PROCTOR, ROOT, Deployment, embedded, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

SUITE = ROOT / "examples" / "proctor.yaml"
AT = "127.0.0.1:8000"
KEY = "PROCTOR_SECRET_DASHBOARD_KEY"
NAMED = f'allowed_hosts: ["{AT}"]'


@pytest.fixture(scope="module")
def proctor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Started again, as the suite's first lines say: with a key that the first server made."""
    data = tmp_path_factory.mktemp("own")
    with embedded(data) as first:
        key = first.post("/keys", {"role": "submitter", "name": "dashboard"})["key"]
    with embedded(data, **{KEY: key}) as proctor:
        yield proctor


def submitted(proctor: Deployment, suite: str) -> subprocess.CompletedProcess[str]:
    """The suite, as it is for this server's port, seen through by the real command."""
    file = proctor.data_dir / "suite.yaml"
    file.write_text(suite.replace(AT, urlsplit(proctor.url).netloc))
    return subprocess.run(
        [PROCTOR, "submit", file, "--wait"], env=environment(proctor.data_dir),
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip


@pytest.mark.timeout(200)
def test_every_test_of_the_dashboard_passes(proctor: Deployment):
    done = submitted(proctor, SUITE.read_text())
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(read_suite(SUITE).tests)} passed" in done.stdout


def test_a_suite_that_does_not_name_proctor_does_not_get_there(proctor: Deployment):
    whole = SUITE.read_text()
    assert NAMED in whole
    head, _, tests = whole.replace(NAMED, "").partition("tests:\n")
    _, _, refused = tests.partition("  - name: A wrong key is refused\n")
    one = refused.partition("\n\n")[0]
    done = submitted(proctor, f"{head}tests:\n  - name: A wrong key is refused\n{one}\n")
    assert done.returncode == 1
    assert "is Proctor itself: name that address with its port in allowed_hosts" in done.stdout
