"""GitHub's builds are told of surprises at the lines of the suite, and of nothing else."""

from __future__ import annotations

import io
import re

import pytest

from cli.github import annotate
from cli.origins import Origin
from cli.suite_file import read_suite_and_origins
from tests.cli.fake_api import FakeApi, a_run, an_error, run_id
from tests.cli.test_commands import proctor, suite

__all__ = ["proctor", "suite"]

FAILED = {"status": "failed", "error": an_error("no, 100%: none", 0), "executor": "e1"}


@pytest.fixture
def build(request, monkeypatch):
    """Whether it is one of GitHub's, as it tells every step."""
    monkeypatch.setenv("GITHUB_ACTIONS", request.param)


def said(*runs, origins=None):
    out = io.StringIO()
    annotate(runs, origins or {}, "http://proctor", out)
    return out.getvalue().splitlines()


def test_a_surprise_is_an_error_at_the_line_of_its_step():
    run = a_run(1, **FAILED | {"error": an_error("no, 100%: none", 1)})
    (line,) = said(run, origins={run_id(1): Origin("a,b.yaml", 3, (4, 7))})
    assert line == (
        "::error title=test 1,file=a%2Cb.yaml,line=7::step 2: no, 100%25: none"
        f" (http://proctor/runs/{run_id(1)})"
    )


def test_a_flaky_run_is_a_warning_and_what_is_expected_is_nothing():
    flaky = a_run(1, status="passed", flaky=True, attempt=2)
    lines = said(flaky, a_run(2, status="failed", expect="failed"), a_run(3, status="passed"))
    assert lines == [
        f"::warning title=test 1::passed only at attempt 2 (http://proctor/runs/{run_id(1)})"
    ]


def test_no_text_gets_out_of_its_place():
    hostile = "a::b,line=1%0A\r\n::set-output name=x::y\u2028\x1b[0m"
    (line,) = said(a_run(1, **FAILED | {"name": hostile, "error": an_error(hostile)}))
    assert line.startswith("::error title=a%3A%3Ab%2Cline=1%250A %3A%3Aset-output name=x%3A%3Ay")
    assert "::step 1: a::b,line=1%250A ::set-output name=x::y[0m (http" in line


def test_in_a_build_they_come_last_and_nothing_before_is_heard(proctor, suite, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    hostile = FAILED | {"error": an_error("\n::add-mask::password")}
    status, out, _ = proctor(FakeApi(verdicts={"two": hostile}), "submit", suite, "--wait")
    lines = out.splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])[1]
    end = lines.index(f"::{token}::")
    assert status == 1
    assert not any(line.lstrip().startswith("::") for line in lines[1:end])
    assert [line[:24] for line in lines[end + 1 :]] == ["::error title=two,file=/"]
    assert ",line=4::step 1: " in lines[-1]


@pytest.mark.parametrize(
    ("build", "given", "asked"),
    [("false", [], False), ("true", [], True), ("true", ["--annotations", "none"], False),
     ("false", ["--annotations", "github"], True)], indirect=["build"],
)  # fmt: skip
@pytest.mark.usefixtures("build")
def test_they_are_said_where_they_are_wanted(proctor, suite, given, asked):
    api = FakeApi(verdicts={"two": FAILED})
    assert ("::error " in proctor(api, "submit", suite, "--wait", *given)[1]) is asked


def test_what_a_script_reads_is_left_alone(proctor, suite):
    api = FakeApi(verdicts={"two": FAILED})
    _, out, err = proctor(api, "submit", suite, "--json", "--annotations", "github")
    assert out.startswith("{")
    assert "::" not in out.replace("2026-11-23T", "")
    assert err.splitlines()[-1].startswith("::error title=two,")


def test_every_test_and_step_has_its_line(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "name: S\ntests:\n- name: one\n  steps:\n  - goto: /\n\n  - press: a\n- {name: two}\n"
    )
    _, origins = read_suite_and_origins(tmp_path / "s.yaml")
    assert [(origin.line, origin.steps) for origin in origins] == [(3, (5, 7)), (8, ())]
    assert [origins[0].line_of(step) for step in (None, 1, 9)] == [3, 7, 3]
