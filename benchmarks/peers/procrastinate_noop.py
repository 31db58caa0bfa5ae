"""Procrastinate on PostgreSQL alone: no-op jobs a second."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.peers import environment
from benchmarks.peers.figure import Figure, NotMeasuredError, fastest, steady_rate
from benchmarks.peers.processes import completed, last_words, started

WORKERS = 5
WARM = 300
"""More than one process does before the slowest of five has started."""
_DEFER_TIMEOUT = 60.0
_WORK_TIMEOUT = 120.0
_FINISHED = "SELECT at FROM procrastinate_events WHERE type = 'succeeded'"


def measure(database_url: str, count: int = 1_500) -> Figure:
    """The faster of one process that does five jobs at a time and five processes that do one each.

    `database_url` names a database that holds nothing of Procrastinate's. Raises NotMeasuredError.
    """
    python = environment.python()
    return fastest(_measured(python, database_url, count, processes) for processes in (1, WORKERS))


def _measured(python: Path, database_url: str, count: int, processes: int) -> Figure:
    env = {"PEER_DATABASE": database_url}
    each = WORKERS // processes
    with TemporaryDirectory() as folder:
        log = Path(folder) / "procrastinate.log"
        _make_room(database_url)
        completed(_deferrer(python, count + WARM), log, timeout=_DEFER_TIMEOUT, env=env)
        begun = time.perf_counter()
        _work(_worker(python, each), processes, log, env)
        seconds = time.perf_counter() - begun
    rate = _rate(database_url, count + WARM)
    setting = f"processes: {processes}, jobs at a time in each: {each}"
    return Figure("Procrastinate", rate, WORKERS, setting, seconds)


def _rate(database_url: str, wanted: int) -> float:
    with psycopg.connect(database_url) as connection:
        finished = [at for (at,) in connection.execute(_FINISHED)]
    if len(finished) != wanted:
        raise NotMeasuredError(f"Procrastinate did {len(finished)} of {wanted} jobs")
    return steady_rate(finished, WARM)


def _deferrer(python: Path, count: int) -> list[str | Path]:
    return [python, "-m", "benchmarks.peers.procrastinate_tasks", str(count)]


def _make_room(database_url: str) -> None:
    """Each setting begins with empty tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _worker(python: Path, concurrency: int) -> list[str | Path]:
    app = "--app=benchmarks.peers.procrastinate_tasks.app"
    how = ["--one-shot", "--concurrency", str(concurrency)]
    return [python, "-m", "procrastinate", app, "worker", *how]


def _work(command: list[str | Path], processes: int, log: Path, env: dict[str, str]) -> None:
    """Starts the workers and waits until they have done every job and ended by themselves."""
    deadline = time.monotonic() + _WORK_TIMEOUT
    with ExitStack() as running:
        workers = [running.enter_context(started(command, log, env=env)) for _ in range(processes)]
        for worker in workers:
            try:
                code = worker.wait(max(0.0, deadline - time.monotonic()))
            except TimeoutExpired:
                raise NotMeasuredError(f"jobs are not over after {_WORK_TIMEOUT:g} s") from None
            if code != 0:
                raise NotMeasuredError(f"Procrastinate's worker ended: {last_words(log)}")
