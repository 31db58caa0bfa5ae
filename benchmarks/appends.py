"""What one log takes: appends a second by several processes at once, with and without the disk."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from uuid import uuid4

from domain.definition import Definition
from domain.run import request
from runtime.database import open_log

PROCESSES = 8
_SECONDS = 3.0
_WARM = 0.5


@dataclass(frozen=True, slots=True)
class Appends:
    """One way to append: so many events in one commit, which waits for the disk or does not."""

    durable: bool
    events: int = 1


def events_per_second(database_url: str, way: Appends, processes: int = PROCESSES) -> float:
    """Events that `processes` processes append together, each as fast as it is answered."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        begin = time.time() + 4.0  # When all of them have loaded.
        counted = [pool.submit(_append, database_url, way, begin) for _ in range(processes)]
        return sum(each.result(60) for each in counted) / _SECONDS


def _append(database_url: str, way: Appends, begin: float) -> int:
    definition = Definition.model_validate({"name": "appended"})
    with open_log(database_url, "proctor benchmark", connections=1) as log:
        time.sleep(max(0.0, begin - time.time()))
        appended, end = 0, begin + _WARM + _SECONDS
        while (now := time.time()) < end:
            events = [request(uuid4(), "benchmark", definition, 60.0) for _ in range(way.events)]
            log.append(*events, durable=way.durable)
            appended += way.events if now > begin + _WARM else 0
    return appended
