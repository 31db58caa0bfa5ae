"""`proctor submit` against a real server: exit status, output, JUnit."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from junitparser import JUnitXml

from tests.support.deployment import PROCTOR, Deployment, environment

if TYPE_CHECKING:
    from pathlib import Path

SUITE = """name: Small
tests:
  - {name: passes, steps: [{goto: /}]}
  - {name: fails, expect: failed, steps: [{goto: /}, {expect: {text: xyzzy}, timeout: 0.2}]}
"""
SURPRISE = """name: Surprise
tests:
  - {name: "fails [bold]", steps: [{goto: /}, {expect: {text: xyzzy}, timeout: 0.2}]}
"""


@pytest.fixture
def run(proctor: Deployment, shop: str, tmp_path: Path):
    def run(*arguments: str, suite: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [str(PROCTOR), *arguments]
        if suite is not None:
            (tmp_path / "suite.yaml").write_text(suite)
            command += [str(tmp_path / "suite.yaml"), "--base-url", shop]
        return subprocess.run(
            command, env=environment(proctor.data_dir) | {"COLUMNS": "160"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


def test_waiting_ends_with_zero_when_all_is_as_expected(run):
    answer = run("submit", "--wait", suite=SUITE)
    assert answer.returncode == 0, answer.stderr
    assert "= 1 passed, 1 failed as expected in " in answer.stdout


def test_a_surprise_ends_with_one_and_is_explained(run, proctor):
    answer = run("submit", "--wait", suite=SURPRISE)
    assert answer.returncode == 1
    assert "fails [bold]" in answer.stdout
    assert 'step 2 (expect text "xyzzy"): expectation\n' in answer.stdout
    assert "expected: the page to contain 'xyzzy', within 0.2 s\n" in answer.stdout
    assert "actual:   '" in answer.stdout
    assert f"screenshot: {proctor.url}/api/v1/runs/" in answer.stdout
    assert "= 1 failed in " in answer.stdout


def test_without_waiting_the_ids_are_printed(run, proctor):
    answer = run("submit", "--label", "team=web", "--priority", "2", suite=SUITE)
    ids = [line.split()[0] for line in answer.stdout.splitlines()]
    shown = proctor.run(ids[0])
    assert (shown["priority"], shown["labels"]) == (2, {"suite": "Small", "team": "web"})
    proctor.wait_until_all_over()


def test_a_variable_said_on_the_command_line_takes_the_place_of_the_suites(run):
    suite = """name: Small
variables: {word: xyzzy}
tests: [{name: finds, steps: [{goto: /}, {expect: {text: "${word}"}, timeout: 2}]}]
"""
    assert run("submit", "--wait", "--variable", "word=Name", suite=suite).returncode == 0
    wrong = run("submit", "--variable", "word", suite=suite)
    assert wrong.returncode == 2
    assert "--variable word: say it as NAME=VALUE" in wrong.stderr


def test_one_bad_file_and_nothing_is_submitted(run, proctor):
    before = len(proctor.get("/runs", limit=200)["items"])
    answer = run("submit", suite=SUITE.replace("goto", "gotto"))
    assert answer.returncode == 2
    assert "suite.yaml:3: tests.0.steps.0: a step has exactly one action" in answer.stderr
    assert "nothing was submitted" in answer.stderr
    assert len(proctor.get("/runs", limit=200)["items"]) == before


def test_junit_says_what_ci_needs(run, tmp_path):
    path = tmp_path / "junit.xml"
    run("submit", "--junit", str(path), suite=SUITE)
    (suite,) = JUnitXml.fromfile(str(path))
    assert (suite.name, suite.tests, suite.failures) == ("Small", 2, 0)
    run("submit", "--junit", str(path), suite=SURPRISE)
    (suite,) = JUnitXml.fromfile(str(path))
    assert suite.failures == 1


def test_json_is_what_the_api_answers(run, proctor):
    run("submit", "--wait", suite=SUITE)
    for command in (["status"], ["active"], ["runs", "--limit", "2"]):
        assert json.loads(run(*command, "--json").stdout)
    run_id = json.loads(run("runs", "--limit", "1", "--json").stdout)["items"][0]["id"]
    assert json.loads(run("show", run_id, "--json").stdout)["id"] == run_id
    assert json.loads(run("events", run_id[:8], "--json").stdout)["items"]


@pytest.mark.parametrize(
    "command", [["status"], ["active"], ["runs"], ["watch"], ["keys", "list"], ["audit", "replay"]]
)
def test_every_look_prints_something_for_people(run, command):
    answer = run(*command)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip()
    assert "\x1b" not in answer.stdout


def test_show_and_events_tell_of_a_run(run, proctor, shop):
    submitted = proctor.submit({"goto": "/"}, base_url=shop)
    proctor.wait_for_status(submitted["id"])
    assert "goto /" in run("show", submitted["id"]).stdout
    assert "RunPassed" in run("events", submitted["id"]).stdout


def test_cancelling_what_is_over_ends_with_one(run, proctor, shop):
    submitted = proctor.submit({"goto": "/"}, base_url=shop)
    proctor.wait_for_status(submitted["id"])
    answer = run("cancel", submitted["id"])
    assert (answer.returncode, "is passed" in answer.stderr) == (1, True)


def test_the_doctor_finds_everything_here(run):
    answer = run("doctor")
    assert answer.returncode == 0, answer.stdout
    assert "answers; 5 executors" in answer.stdout


def test_the_doctor_says_how_to_get_what_is_missing(run, monkeypatch):
    missing = {"PROCTOR_CHROMIUM": "/no/such/browser"}
    answer = subprocess.run(
        [PROCTOR, "doctor"], env=dict(os.environ) | missing, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "PROCTOR_CHROMIUM=/no/such/browser is not a file" in answer.stdout
