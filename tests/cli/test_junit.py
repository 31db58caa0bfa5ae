"""JUnit XML: what CI systems count as failures, errors and skipped tests."""

from __future__ import annotations

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from cli.junit import write_junit
from tests.cli.fake_api import a_run, an_error


def written(tmp_path, *runs):
    write_junit(tmp_path / "j.xml", list(runs))
    return list(JUnitXml.fromfile(str(tmp_path / "j.xml")))


@pytest.mark.parametrize(
    ("status", "kind"),
    [("failed", Failure), ("errored", Error), ("timed_out", Error), ("cancelled", Skipped)],
)
def test_each_verdict_that_is_a_surprise_has_its_kind(tmp_path, status, kind):
    run = a_run(1, status=status, error=an_error("no 'Thank you'"), duration=1.5)
    (suite,) = written(tmp_path, run)
    (case,) = suite
    assert [type(result) for result in case.result] == [kind]
    assert (case.result[0].message, case.time) == ("no 'Thank you'", 1.5)


def test_a_failure_that_is_expected_has_passed_and_says_so(tmp_path):
    run = a_run(1, status="failed", expect="failed", error=an_error("sold out"))
    (suite,) = written(tmp_path, run)
    (case,) = suite
    assert case.is_passed
    assert case.system_out == "failed, as expected: sold out"


def test_a_pass_that_is_not_expected_is_a_failure(tmp_path):
    (suite,) = written(tmp_path, a_run(1, status="passed", expect="failed"))
    (case,) = suite
    assert [type(result) for result in case.result] == [Failure]
    assert case.result[0].message == "passed, expected failed"


def test_runs_are_grouped_by_their_suite(tmp_path):
    runs = [a_run(n, status="passed", labels={"suite": s}) for n, s in enumerate("ABA")]
    suites = written(tmp_path, *runs, a_run(9, status="passed", labels={}))
    assert {(suite.name, suite.tests) for suite in suites} == {("A", 2), ("B", 1), ("proctor", 1)}


def test_no_text_can_break_the_file(tmp_path):
    hostile = "]]></testcase>\x00\x1b[31m\ufffe\uffff\U0001ffff\ud800<a b=\"'&\u202e"
    run = a_run(
        1, name=hostile, status="failed", error=an_error(hostile), labels={"suite": hostile}
    )
    (suite,) = written(tmp_path, run)
    (case,) = suite
    assert case.name == suite.name == case.result[0].message == "]]></testcase>[31m<a b=\"'&"
