"""JUnit XML, for the CI systems that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from cli.shown import clean
from cli.summary import as_expected

if TYPE_CHECKING:
    from pathlib import Path


def write_junit(path: Path, runs: list[dict[str, Any]]) -> None:
    """Writes one test case a run, in a suite for each `suite` label.

    A run that ended as its suite expects has passed, whatever the verdict was.
    """
    suites: dict[str, TestSuite] = {}
    for run in runs:
        name = run["labels"].get("suite", "proctor")
        suites.setdefault(name, TestSuite(clean(name))).add_testcase(_case(run, name))
    document = JUnitXml()
    for suite in suites.values():
        document.add_testsuite(suite)
    document.write(str(path), pretty=True)


def _case(run: dict[str, Any], suite: str) -> TestCase:
    case = TestCase(clean(run["name"]), classname=clean(suite), time=run["duration"] or 0.0)
    message = clean((run["error"] or {}).get("message", ""), 2000)
    if as_expected(run):
        if run["status"] != "passed":
            case.system_out = f"{run['status']}, as expected: {message}"
        return case
    said = message or f"{run['status']}, expected {run['expect']}"
    if run["status"] in {"errored", "timed_out"}:
        case.result = [Error(said, run["status"])]
    elif run["status"] == "cancelled":
        case.result = [Skipped(said)]
    else:
        case.result = [Failure(said, run["status"])]
    return case
