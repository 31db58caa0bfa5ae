"""A live `proctor serve` with a past, for the pictures of its dashboard."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

from cli.suite_file import read_suite
from examples.past import Past
from runtime.database import open_log
from runtime.embedded_postgres import embedded_postgres
from tests.support.deployment import ROOT, Deployment, embedded, running_shop
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.definition import Definition

BUSY = 5
UNDER_WAY = 9
"""Steps that the runs in the lanes have behind them, together."""

BEHIND = 15
"""Runs that wait then, at the most: those in the lanes began at different times."""

VOUCHER = {"expect": {"text": "Total: $30"}}, {"expect": {"text": "Total: $29"}}
DELIVERY = {"check": {"label": "Express"}}, {"check": {"label": "Standard"}}
"""A step of the suite, and what somebody made of it: the order then costs $31 instead of $39."""


@dataclass(frozen=True)
class System:
    """What there is to look at, and how to bring about that there is."""

    proctor: Deployment
    tests: list[dict[str, Any]]

    def two_batches(self) -> list[dict[str, Any]]:
        """The runs of one, and then of another: what failed passes, and what passed fails."""
        over = []
        for step, instead in (VOUCHER, DELIVERY):
            made = self.proctor.batch(*(changed(test, step, instead) for test in self.tests))
            over += [self.proctor.wait_for_status(run["id"], timeout=60) for run in made]
        return over

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """In the middle of much work: the shop does not answer until all have looked."""
        self.proctor.batch(*self.tests)
        wait_until(self._is_busy, "five runs under way", 60)
        (shop,) = (one for one in psutil.Process().children() if "examples.shop" in one.cmdline())
        shop.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            shop.send_signal(signal.SIGCONT)
            self.proctor.post("/queue/clear")
            self.proctor.wait_until_all_over()

    def furthest(self) -> str:
        """The executor whose run has the most steps behind it."""
        running = self.proctor.get("/queue/active")["items"]
        return str(max(running, key=lambda run: run["steps_passed"])["executor"])

    def _is_busy(self) -> bool:
        running = self.proctor.get("/queue/active")["items"]
        steps = sum(run["steps_passed"] for run in running)
        waiting = self.proctor.get("/queue/status")["queued"]
        return len(running) == BUSY and steps >= UNDER_WAY and waiting <= BEHIND


def changed(test: dict[str, Any], step: dict[str, Any], instead: dict[str, Any]) -> dict[str, Any]:
    return test | {"steps": [instead if one == step else one for one in test["steps"]]}


def as_submitted(test: Definition) -> dict[str, Any]:
    return test.model_dump(mode="json", by_alias=True, exclude_unset=True)


@contextmanager
def live(folder: Path) -> Iterator[System]:
    """Five executors, the shop, and what its suite came to in the last two weeks."""
    suite = read_suite(ROOT / "examples" / "shop.yaml")
    # What is expected to fail would be the worst of all tests.
    tests = [test for test in suite.definitions() if test.expect == "passed"]
    data = folder / "data"
    with embedded_postgres(data) as url, open_log(url, "pictures") as log:
        Past(tests).write(log)
        head = log.head()
    with running_shop(folder / "shop.log") as shop, embedded(data) as proctor:
        wait_until(
            lambda: proctor.get("/queue/status")["position"] >= head, "the past to be shown", 60
        )
        at = [test.model_copy(update={"base_url": shop}) for test in tests]
        yield System(proctor, [as_submitted(test) for test in at])
