"""A hundred thousand runs that wait: how fast they are accepted, shown and published."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.workload import answered_per_second

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.deployment import Deployment

_A_BATCH = 500
_CLIENTS = 10
_LOOK = 0.25
_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Filled:
    """Runs a second, each from the first submission until the last of them was there."""

    accepted: float
    shown: float
    published: float


def fill(proctor: Deployment, runs: int) -> Filled:
    """Submits so many runs in batches of 500, to a Proctor without executors.

    They are shown when `/queue/status` counts them, and published when it says that the broker
    holds them all, which it asks the broker every second.
    """
    body = {"runs": [{"name": "waiting"}] * _A_BATCH}
    started = time.perf_counter()
    with ThreadPoolExecutor(1) as submitting:
        batches = submitting.submit(
            answered_per_second, proctor, "/batches", body, _CLIENTS, runs // _A_BATCH
        )
        shown = _seconds(started, lambda: proctor.get("/queue/status")["queued"] == runs)
        published = _seconds(started, lambda: _ready(proctor) == runs)
    return Filled(batches.result() * _A_BATCH, runs / shown, runs / published)


def _ready(proctor: Deployment) -> int | None:
    ready: int | None = proctor.get("/queue/status")["broker"]["ready"]
    return ready


def _seconds(since: float, there: Callable[[], bool]) -> float:
    while not there():
        if time.perf_counter() - since > _TIMEOUT:
            raise TimeoutError(f"not there after {_TIMEOUT:g} s")
        time.sleep(_LOOK)
    return time.perf_counter() - since
