"""Celery on RabbitMQ with results in PostgreSQL: no-op tasks a second."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg

from benchmarks.peers import environment
from benchmarks.peers.figure import Figure, NotMeasuredError, steady_rate
from benchmarks.peers.processes import completed, last_words, started

if TYPE_CHECKING:
    from subprocess import Popen

WORKERS = 5
WARM = 100
_SETTING = "prefork, acks late, prefetch 1, started tracked"
_PUBLISH_TIMEOUT = 60.0
_WORK_TIMEOUT = 120.0
_LOOK_EVERY = 0.5
_OVER = "SELECT status, date_done FROM celery_taskmeta WHERE status IN ('SUCCESS', 'FAILURE')"


def measure(amqp_url: str, database_url: str, count: int = 1_500) -> Figure:
    """Publishes `count` tasks and a few to warm up on, then starts the worker and reads the rate
    from the results. Both URLs name a virtual host and a database that hold nothing of Celery's.

    Raises NotMeasuredError.
    """
    python = environment.python()
    env = {"PEER_BROKER": amqp_url, "PEER_RESULTS": _for_sqlalchemy(database_url)}
    with TemporaryDirectory() as folder:
        log = Path(folder) / "celery.log"
        completed(_publisher(python, count + WARM), log, timeout=_PUBLISH_TIMEOUT, env=env)
        begun = time.perf_counter()
        with started(_worker(python), log, env=env) as worker:
            rate = _rate(worker, log, database_url, count + WARM)
            seconds = time.perf_counter() - begun
    return Figure("Celery", rate, WORKERS, _SETTING, seconds)


def _publisher(python: Path, count: int) -> list[str | Path]:
    return [python, "-m", "benchmarks.peers.celery_tasks", str(count)]


def _worker(python: Path) -> list[str | Path]:
    # Gossip, mingle and heartbeats are between workers, and there is but one.
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    return [python, "-m", "celery", "-A", "benchmarks.peers.celery_tasks", "worker", *quiet]


def _rate(worker: Popen[bytes], log: Path, database_url: str, wanted: int) -> float:
    """Waits for every result, looking seldom: looking all the time would be measured."""
    deadline = time.monotonic() + _WORK_TIMEOUT
    with psycopg.connect(database_url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY)
            if worker.poll() is not None:
                raise NotMeasuredError(f"Celery's worker ended: {last_words(log)}")
            # Celery makes the table when it stores its first result.
            if connection.execute("SELECT to_regclass('celery_taskmeta')").fetchone() == (None,):
                continue
            over = connection.execute(_OVER).fetchall()
            if any(status == "FAILURE" for status, _ in over):
                raise NotMeasuredError(f"a Celery task failed: {last_words(log)}")
            if len(over) == wanted:
                return steady_rate([done for _, done in over], WARM)
    raise NotMeasuredError(f"Celery's tasks are not over after {_WORK_TIMEOUT:g} s")


def _for_sqlalchemy(database_url: str) -> str:
    return f"db+postgresql+psycopg://{database_url.partition('://')[2]}"
