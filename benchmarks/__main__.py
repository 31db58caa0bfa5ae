"""`make bench`: the table, and the same as JSON in benchmarks.json."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks import workload
from runtime.embedded_postgres import embedded_postgres
from tests.support.deployment import embedded as embedded_server
from tests.support.deployment import environment, process, separate
from tests.support.rabbitmq import RabbitNode
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.deployment import Deployment

RUNS = 60
RESULTS = Path("benchmarks.json")


def main() -> int:
    """Measures everything once, one after the other."""
    figures: dict[str, object] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder)) as address:
        floor = {what: bare_runs_per_second(what, address) for what in ("buy", "suite")}
        for what, rate in floor.items():
            figures[f"bare Playwright, 5 browsers: {what}, runs/s"] = round(rate, 2)
        for name, started in (("embedded", embedded), ("RabbitMQ", on_rabbitmq)):
            with started(Path(folder) / name) as proctor:
                figures |= {f"{name}: {what}": v for what, v in measured(proctor, address, floor)}
    show(figures)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def measured(
    proctor: Deployment, address: str, floor: dict[str, float]
) -> Iterator[tuple[str, object]]:
    """The figures of one deployment."""
    wanted = {"buy": workload.buy(address, RUNS), "suite": workload.suite(address)}
    for what, definitions in wanted.items():
        rate = workload.runs_per_second(proctor, definitions)
        yield f"{what}, runs/s and of the bare loop", f"{rate:.2f} / {rate / floor[what]:.2f}"
    yield "submission to start, ms p50/p99", pair(workload.submission_to_start(proctor, 50))
    yield "accepted/s, single and in batches", pair(workload.accepted_per_second(proctor, 1000))
    yield "GET /queue/status, ms p50/p99", pair(workload.answer_times(proctor, "/queue/status"))
    yield "GET /runs, ms p50/p99", pair(workload.answer_times(proctor, "/runs"))


def pair(values: tuple[float, float]) -> str:
    """Two figures for reading."""
    return f"{values[0]:.1f} / {values[1]:.1f}"


def bare_runs_per_second(what: str, address: str) -> float:
    """In a process of its own, as the executors are."""
    command = [sys.executable, "-m", "benchmarks.bare", what, address, str(RUNS)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@contextmanager
def shop(folder: Path) -> Iterator[str]:
    """The example shop."""
    log = folder / "shop.log"
    command: list[str | Path] = [sys.executable, "-m", "examples.shop", "--port", "0"]
    with process(command, log, environment(folder) | {"PYTHONUNBUFFERED": "1"}):
        wait_until(lambda: " on http" in log.read_text(), "the shop to start", 30)
        yield log.read_text().split(" on ")[1].split()[0]


@contextmanager
def embedded(folder: Path) -> Iterator[Deployment]:
    """Everything in one process."""
    with embedded_server(folder) as proctor:
        yield proctor


@contextmanager
def on_rabbitmq(folder: Path) -> Iterator[Deployment]:
    """A process for every role, on a private RabbitMQ node and database."""
    with ExitStack() as running:
        url = running.enter_context(embedded_postgres(folder / "database"))
        node = RabbitNode()
        running.callback(node.close)
        node.start()
        broker = running.enter_context(node.vhost())
        yield running.enter_context(separate(folder, url, broker))


def show(figures: dict[str, object]) -> None:
    """The table."""
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
