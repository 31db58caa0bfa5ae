"""The example suite under pytest-playwright, its tests shared out by xdist."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.peers import environment
from benchmarks.peers.browser_tests import (
    RUN_TIMEOUT,
    WORKERS,
    Ended,
    judged,
    launch_options,
    tests,
)
from benchmarks.peers.figure import Figure, fastest
from benchmarks.peers.processes import completed
from benchmarks.peers.python_code import python_tests

if TYPE_CHECKING:
    from domain.definition import Definition

_CONFTEST = Path(__file__).with_name("pytest_conftest.py")
# Work-stealing, since tests take from a tenth of a second to three.
_OPTIONS = ("-q", "-p", "no:cacheprovider", "--dist", "worksteal", "--browser", "chromium")
_TESTS = "test_suite.py"
_SOME_FAILED = 1


def measure(shop: str) -> Figure:
    """The faster number of workers. Raises NotMeasuredError."""
    python = environment.python()
    return fastest(_measured(python, tests(shop), workers) for workers in WORKERS)


def _measured(python: Path, definitions: list[Definition], workers: int) -> Figure:
    with TemporaryDirectory() as folder:
        here = Path(folder)
        report = here / "report.jsonl"
        _write(here, definitions)
        seconds = completed(
            [python, "-m", "pytest", *_OPTIONS, "-n", str(workers), _TESTS],
            here / "pytest.log",
            timeout=RUN_TIMEOUT,
            env={"PEER_LAUNCH": json.dumps(launch_options()), "PEER_REPORT": str(report)},
            cwd=here,
            good=(0, _SOME_FAILED),
        )
        ended = _read(report)
    figure = Figure("pytest-playwright", None, workers, "xdist, work-stealing", seconds)
    return judged(figure, definitions, ended)


def _write(here: Path, definitions: list[Definition]) -> None:
    (here / _TESTS).write_text(python_tests(definitions))
    # Without a settings file of its own pytest would look for one in the folders above.
    (here / "pytest.ini").write_text("[pytest]\n")
    shutil.copy(_CONFTEST, here / "conftest.py")


def _read(report: Path) -> dict[int, Ended]:
    """By number. A test reports its set-up, its call and its tear-down, and again when rerun."""
    reports: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in report.read_text().splitlines():
        said = json.loads(line)
        reports[said["test"]].append(said)
    return {number: _ended(said) for number, said in reports.items()}


def _ended(reports: list[dict[str, Any]]) -> Ended:
    # A reported "rerun" is followed by the report that counts.
    words = {report["outcome"] for report in reports} - {"passed", "rerun"}
    return Ended(
        word=" and ".join(sorted(words)) or "passed",
        as_expected=words <= {"xfailed"},
        started=min(report["start"] for report in reports),
        ended=max(report["stop"] for report in reports),
    )
