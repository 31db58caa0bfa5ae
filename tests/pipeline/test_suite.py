"""The example suite comes to the same verdicts embedded and on RabbitMQ with five executors."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from cli.suite_file import read_suite
from tests.support.deployment import PROCTOR, ROOT, Deployment, embedded, environment, separate

SUITE = ROOT / "examples" / "shop.yaml"


@pytest.fixture
def embedded_proctor(tmp_path: Path):
    with embedded(tmp_path) as proctor:
        yield proctor


@pytest.fixture
def separate_proctor(tmp_path: Path, database_url: str, rabbit_url: str):
    with separate(tmp_path, database_url, rabbit_url) as proctor:
        yield proctor


def submitted(proctor: Deployment, shop: str) -> subprocess.CompletedProcess[str]:
    command = [PROCTOR, "submit", SUITE, "--wait", "--base-url", shop, "--timeout", "150"]
    return subprocess.run(
        command,
        env=environment(proctor.data_dir),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def check(proctor: Deployment, shop: str) -> None:
    answer = submitted(proctor, shop)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "failed as expected" in answer.stdout
    expected = Counter(test.expect for test in read_suite(SUITE).definitions())
    runs = proctor.get("/runs", limit=200)["items"]
    assert Counter(run["status"] for run in runs) == expected
    assert [run["name"] for run in runs if run["flaky"]] == [
        "An unreliable service works when tried again"
    ]


@pytest.mark.timeout(240)
def test_embedded(embedded_proctor: Deployment, shop: str):
    check(embedded_proctor, shop)


@pytest.mark.timeout(240)
def test_on_rabbitmq_with_a_process_for_every_role(separate_proctor: Deployment, shop: str):
    check(separate_proctor, shop)
    status = separate_proctor.get("/queue/status")
    assert status["broker"]["kind"] == "rabbitmq"
    assert status["broker"]["consumers"] == 5
