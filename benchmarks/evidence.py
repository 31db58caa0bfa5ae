"""A long log: how fast it is chained, proven, shown anew and asked about the past."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.long_log import make_long_log, some_run
from projections.ledger.chaining import Chaining
from projections.ledger.evidence import evidence_on
from projections.ledger.notary import Notary
from projections.ledger.role import prepare as prepare_ledger
from projections.ledger.verification import verify
from projections.reader import ViewReader
from projections.rebuild import rebuild
from projections.role import prepare
from projections.run_queries import RunFilter
from runtime.database import connect, open_log
from runtime.follower import Follower
from runtime.signing import SigningKey
from runtime.stored_log import StoredLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from domain.log import EventLog

_MOMENTS = 20


@dataclass(frozen=True, slots=True)
class Speeds:
    """Events a second, and seconds where it says so."""

    chained: float
    chained_cpu: float
    """Seconds of this process a thousand events; PostgreSQL's come on top."""
    verified: float
    rebuilt: float
    export_seconds: float
    moments: list[float]
    """Seconds for the queue's status and a page of runs at a moment."""


def speeds(database_url: str, events: int) -> Speeds:
    """Measured on a log of so many events, in a database that holds nothing yet."""
    with open_log(database_url, "proctor benchmark", connections=2) as log:
        prepare(database_url, log)
        prepare_ledger(database_url)
        make_long_log(database_url, events)
        cpu = time.process_time()
        chained = _seconds(lambda: _chain(database_url))
        cpu = time.process_time() - cpu
        key = _seal(database_url)
        with connect(database_url, "proctor benchmark") as connection:
            verified = _seconds(lambda: _verify(database_url, key))
            run = some_run(database_url)
            export = min(_seconds(lambda: evidence_on(connection, run)) for _ in range(5))
        rebuilt = _seconds(lambda: rebuild(database_url, log))
        moments = _moments(database_url, log)
    return Speeds(
        events / chained, cpu / events * 1000, events / verified, events / rebuilt, export, moments
    )


def _chain(database_url: str) -> None:
    source = StoredLog(database_url, "proctor benchmark")
    follower = Follower(database_url, source, Chaining())
    with connect(database_url, "proctor benchmark") as connection:
        while follower.step(connection):
            pass
    source.close()


def _seal(database_url: str) -> SigningKey:
    with (
        tempfile.TemporaryDirectory() as folder,
        connect(database_url, "proctor benchmark") as connection,
    ):
        key = SigningKey.in_file(Path(folder) / "ledger.key")
        Notary(database_url, key, 0).look(connection, now_asked=True)
    return key


def _verify(database_url: str, key: SigningKey) -> None:
    with connect(database_url, "proctor benchmark") as connection:
        found = verify(connection, [key.public])
    assert not found.findings, found.findings


def _moments(database_url: str, log: EventLog) -> list[float]:
    first = log.read(0, 1)[0].event.at
    last = log.read(log.head() - 1, 1)[0].event.at
    rng = random.Random(1)
    reader = ViewReader(database_url, log, connections=1)
    try:
        return [
            _seconds(lambda: _look(reader, first + (last - first) * rng.random()))
            for _ in range(_MOMENTS)
        ]
    finally:
        reader.close()


def _look(reader: ViewReader, moment: datetime) -> None:
    with reader.at(moment) as snapshot:
        snapshot.queued()
        snapshot.running()
        snapshot.oldest_queued()
        snapshot.runs(RunFilter())
        snapshot.statistics(moment.date())


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
