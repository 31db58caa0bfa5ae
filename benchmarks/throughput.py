"""Browser runs a second: a bare loop and every deployment in turn, round after round.

The machine's own speed drifts by half within minutes, so a ratio counts only between neighbours:
each round measures everybody, and the median of the rounds' ratios is the figure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Protocol

from benchmarks import workload
from benchmarks.cpu import milliseconds_by_stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.deployment import Deployment

BARE = "bare Playwright"
DRIVERS = "bare, five drivers"
"""The same with a driver for each browser, as processes that share nothing have it."""


@dataclass(frozen=True, slots=True)
class Work:
    """`buy`, so many runs of it, or the example `suite`, against the shop at an address."""

    what: str
    shop: str
    runs: int


class Contestant(Protocol):
    """Somebody who does the work."""

    def rate(self, work: Work) -> float:
        """Runs a second of five browsers."""


class Pipeline:
    """A deployment of Proctor."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def rate(self, work: Work) -> float:
        """Runs a second, first start to last verdict."""
        definitions = workload.named(work.what, work.shop, work.runs)
        return workload.runs_per_second(self._deployment, definitions)


class BareLoop:
    """The floor, in a process of its own, as the executors are."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def rate(self, work: Work) -> float:
        """Runs a second of five browsers that do nothing else."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([work.what, work.shop, work.runs]), file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


@contextmanager
def bare_loop(drivers: int = 1) -> Iterator[BareLoop]:
    """A bare loop that waits for work; its five browsers share so many drivers."""
    command = [sys.executable, "-m", "benchmarks.bare", str(drivers)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield BareLoop(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


@dataclass
class Measured:
    """What the rounds gave: rates by contestant, and processor time by contestant and stage."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    used: dict[str, Counter[str]] = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, rate: float, used: Counter[str], runs: int) -> None:
        """One contestant's part of a round."""
        self.rates.setdefault(name, []).append(rate)
        self.used.setdefault(name, Counter()).update(used)
        self.runs[name] += runs

    def rate(self, name: str) -> float:
        """Runs a second, the median of the rounds."""
        return median(self.rates[name])

    def ratio(self, name: str, floor: str = BARE) -> float:
        """Of a bare loop in the same round, the median of the rounds."""
        pairs = zip(self.rates[name], self.rates[floor], strict=True)
        return median(rate / bare for rate, bare in pairs)

    def milliseconds(self, name: str) -> dict[str, float]:
        """Processor time a run, by stage."""
        used = self.used[name].most_common()
        return {stage: round(spent / self.runs[name], 1) for stage, spent in used if spent > 0}


def throughput(work: Work, contestants: Mapping[str, Contestant], rounds: int) -> Measured:
    """`rounds` times the same work for each, in turn."""
    measured = Measured()
    for number in range(rounds):
        names = list(contestants)
        for name in names if number % 2 == 0 else reversed(names):
            before = milliseconds_by_stage()
            rate = contestants[name].rate(work)
            measured.add(name, rate, milliseconds_by_stage() - before, work.runs)
    return measured
