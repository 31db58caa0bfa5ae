"""What is printed of runs that did not end as expected, and the line that everything comes to."""

from __future__ import annotations

import io

import httpx
import pytest
from rich.console import Console

from cli.failures import print_failures
from cli.summary import summary_line
from domain.expectation import expected_and_actual
from tests.cli.fake_api import FakeApi, a_run, an_artifact, an_error, an_event, run_id


def printed(api, *runs):
    out = Console(file=io.StringIO(), width=60, highlight=False, markup=False)
    print_failures(api.client(), runs, out)
    return out.file.getvalue().splitlines()


def failed(message, step=1, **facts):
    return a_run(
        1, status="failed", executor="e1", attempt=2, error=an_error(message, step), **facts
    )


def test_a_server_that_went_away_is_asked_for_evidence_once():
    api = FakeApi()
    api.refusals = [httpx.ConnectError("refused")] * 9
    lines = printed(api, *[failed("not there") for _ in range(5)])
    assert sum(line.endswith("expectation: not there") for line in lines) == 5
    assert api.asked.total() == 1


def test_a_failure_has_its_step_what_was_expected_and_what_was_there():
    api = FakeApi()
    api.events[run_id(1)] = [
        an_event(8, run_id(1), "StepFailed", index=1, step="expect the total", attempt=2)
    ]
    api.artifacts[run_id(1)] = [
        an_artifact("screenshot", run_id(1), step=0, attempt=2),
        an_artifact("screenshot", run_id(1), step=1, attempt=1),
        an_artifact("trace", run_id(1), step=None, attempt=2),
    ]
    run = failed("expected the page to contain 'a; b' within 2 s; found 'c; d'")
    assert printed(api, run) == [
        "",
        "__________________________ test 1 __________________________",
        "failed, expected passed",
        "   step 2 (expect the total): expectation",
        "   expected: the page to contain 'a; b', within 2 s",
        "   actual:   'c; d'",
        f"   run: http://proctor/runs/{run_id(1)} (attempt 2 on e1)",
        f"   trace: http://proctor/api/v1/runs/{run_id(1)}/artifacts/trace.png",
    ]


def test_a_failure_that_is_no_expectation_says_its_message():
    assert "   step 2: expectation: no such button" in printed(FakeApi(), failed("no such button"))


def test_a_pass_that_should_have_failed_is_a_surprise_without_an_error():
    lines = printed(FakeApi(), a_run(1, status="passed", expect="failed"))
    assert lines[2:] == [
        "passed, expected failed",
        f"   run: http://proctor/runs/{run_id(1)} (attempt 1 on no executor)",
    ]


def test_what_is_as_expected_is_not_told():
    assert printed(FakeApi(), a_run(1, status="failed", expect="failed")) == []


def test_only_so_many_are_told():
    runs = [a_run(n, status="failed", error=an_error("no")) for n in range(60)]
    assert printed(FakeApi(), *runs)[-1] == "and 10 more, not shown"


def test_hostile_text_is_shown_as_text_and_in_one_line():
    message = "[red]\x1b[31m\x9b2J\u202e::error::\n::set-output::\r" + "x" * 1_000_000
    api = FakeApi()
    api.events[run_id(1)] = [
        an_event(8, run_id(1), "StepFailed", index=1, step="\x1b]0;owned\x07[b]", attempt=2)
    ]
    lines = printed(api, failed(message, name="\x1b[2J\u202e" + "n" * 1_000_000))
    assert len(lines) == 5
    assert all(len(line) < 2_200 for line in lines)
    assert "step 2 (]0;owned[b]): expectation: [red][31m2J::error:: ::set-output::xxx" in lines[3]
    assert not {"\x1b", "\x9b", "\u202e", "\x07", "\r"} & set("".join(lines))


@pytest.mark.parametrize(
    ("message", "both"),
    [
        ("expected the title 'A' within 0.2 s; found 'B'", ("the title 'A', within 0.2 s", "'B'")),
        ("expected button hidden within 10 s; it is visible",
         ("button hidden, within 10 s", "it is visible")),
        ("expected 2 of link within 1e-05 s; found 'x within 3 s; y'",
         ("2 of link, within 1e-05 s", "'x within 3 s; y'")),
        ("the button did not come", None),
    ],
)  # fmt: skip
def test_an_expectation_is_taken_apart(message, both):
    assert expected_and_actual(message) == both


def test_the_last_line_is_as_pytests_surprises_first():
    runs = [
        *[a_run(n, status="passed") for n in range(10)],
        a_run(11, status="failed"), a_run(12, status="failed"), a_run(13, status="timed_out"),
        a_run(14, status="failed", expect="failed"), a_run(15, status="passed", expect="failed"),
        a_run(16, status="passed", flaky=True),
    ]  # fmt: skip
    line = summary_line(runs, 12.34, 110)
    assert line.plain.strip("=") == (
        " 2 failed, 1 timed_out, 1 passed unexpectedly, 11 passed, 1 failed as expected, 1 flaky"
        " in 12.3s "
    )
    assert len(line.plain) == 110


@pytest.mark.parametrize(("expect", "colour"), [("failed", "green"), ("passed", "red")])
def test_its_colour_says_whether_all_is_well(expect, colour):
    line = summary_line([a_run(1, status="failed", expect=expect)], 1, 80)
    assert line.style == f"bold {colour}"
