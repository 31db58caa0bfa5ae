"""Goes beside the generated tests as conftest.py: the browser to launch, and a line per report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that Proctor launches, with the same flags."""
    return {**browser_type_launch_args, **json.loads(os.environ["PEER_LAUNCH"])}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """With xdist only the controller writes, and its workers' reports pass through here again."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    said = {
        "test": int(report.nodeid.rpartition("test_")[2].partition("[")[0]),
        "outcome": "xfailed" if hasattr(report, "wasxfail") else report.outcome,
        "start": report.start,
        "stop": report.stop,
    }
    with Path(os.environ["PEER_REPORT"]).open("a") as file:
        file.write(json.dumps(said) + "\n")
