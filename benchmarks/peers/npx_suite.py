"""The example suite under Playwright Test: what `npx playwright test` runs."""

from __future__ import annotations

import json
from datetime import datetime
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
from benchmarks.peers.javascript_code import javascript_tests
from benchmarks.peers.processes import completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.definition import Definition

_SOME_FAILED = 1


def measure(shop: str) -> Figure:
    """The faster number of workers. Raises NotMeasuredError."""
    runner = environment.playwright_test()
    return fastest(_measured(runner, tests(shop), workers) for workers in WORKERS)


def _measured(runner: list[str | Path], definitions: list[Definition], workers: int) -> Figure:
    with TemporaryDirectory(dir=environment.node_folder()) as folder:
        here = Path(folder)
        report = here / "report.json"
        _write(here, definitions)
        seconds = completed(
            [*runner, "test", "--workers", str(workers), "--reporter", "json"],
            here / "playwright.log",
            timeout=RUN_TIMEOUT,
            env={"PLAYWRIGHT_JSON_OUTPUT_NAME": str(report)},
            cwd=here,
            good=(0, _SOME_FAILED),
        )
        ended = dict(_read(json.loads(report.read_text()), definitions))
    figure = Figure("Playwright Test", None, workers, "fully parallel", seconds)
    return judged(figure, definitions, ended)


def _write(here: Path, definitions: list[Definition]) -> None:
    launch = launch_options()
    options = {"executablePath": launch["executable_path"], "args": launch["args"]}
    settings = {
        "fullyParallel": True,
        "outputDir": str(here / "results"),
        "use": {"launchOptions": options},
    }
    (here / "playwright.config.js").write_text(f"module.exports = {json.dumps(settings)};\n")
    (here / "suite.spec.js").write_text(javascript_tests(definitions))


def _read(report: dict[str, Any], definitions: list[Definition]) -> Iterator[tuple[int, Ended]]:
    for spec in _specs(report["suites"]):
        number = int(spec["title"])
        yield number, _ended(spec["tests"][0], definitions[number])


def _specs(suites: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every test of a file, which is a suite, and of the describe blocks in it, which are too."""
    for suite in suites:
        yield from suite["specs"]
        yield from _specs(suite.get("suites", []))


def _ended(test: dict[str, Any], definition: Definition) -> Ended:
    attempts = test["results"]
    word = attempts[-1]["status"]
    # `test.fail()` is for failures; that a test should run out of time cannot be declared.
    late_as_it_should = word == "timedOut" and definition.expect == "timed_out"
    return Ended(
        word=word,
        as_expected=late_as_it_should or test["status"] in {"expected", "flaky"},
        started=min(_seconds(attempt["startTime"]) for attempt in attempts),
        ended=max(_seconds(a["startTime"]) + a["duration"] / 1000 for a in attempts),
    )


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
