"""One trial: clients at work, a fault among them, the way back, and the oracle's word."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtime.database import open_log
from tests.chaos.clients import Clients
from tests.chaos.ledger import Ledger
from tests.chaos.normal import Normal
from tests.chaos.oracle.acceptance import judge_acceptance
from tests.chaos.oracle.artifacts import judge_artifacts
from tests.chaos.oracle.attempts import judge_attempts
from tests.chaos.oracle.finding import Finding
from tests.chaos.oracle.history import History
from tests.chaos.oracle.left_over import judge_left_over
from tests.chaos.oracle.order import Order
from tests.chaos.oracle.replayed import judge_views
from tests.chaos.oracle.timeouts import judge_timeouts
from tests.chaos.oracle.verdicts import judge_verdicts
from tests.chaos.tape import Tape
from tests.chaos.workload import workload
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.log import EventLog
    from tests.chaos.deployment import Deployment
    from tests.chaos.fault import Fault
    from tests.chaos.machine import Machine

_TO_NORMAL = 90.0
_CLIENTS = 110.0
_BUSY = 0.25
"""The share of the machine from which on others make our times worthless."""


@dataclass
class Trial:
    """One fault with one seed on a running deployment."""

    deployment: Deployment
    name: str
    fault: Fault
    seed: int
    runs: int
    machine: Machine
    findings: list[Finding] = field(default_factory=list)
    to_normal: float = float("inf")
    injected: float = 0.0
    healed: float = 0.0
    others: float | None = None
    """The share of the machine that others used until everything was normal."""

    def __post_init__(self) -> None:
        # One of its own, so that what the fault draws does not change the workload.
        asked = random.Random(f"workload {self.seed}")
        label = f"{self.name}/{self.seed}/{time.monotonic_ns()}"
        site, more = self.deployment.site.url, self.fault.more_runs()
        self.workload = workload(label, asked, self.fault.mix, self.runs, site=site, more=more)
        self.ledger = Ledger(self.workload)
        self.tape = Tape(self.deployment.database.url)
        self.history = History([])

    def run(self) -> None:
        """From the first request to the last look; `findings` says what was wrong."""
        self.deployment.findings.clear()
        try:
            self.fault.prepare(self.deployment)
            with open_log(self.deployment.database.url, "chaos oracle", connections=1) as log:
                start = log.head()
            with self.tape:
                self._attack()
            with open_log(self.deployment.database.url, "chaos oracle", connections=1) as log:
                self.history = History.read(log, start)
                self.findings += self._judge(log)
        finally:
            self.fault.restore(self.deployment)

    def count(self, *sorts: str) -> int:
        """How many findings of these sorts there are."""
        return sum(finding.sort in sorts for finding in self.findings)

    @property
    def verdicts(self) -> Counter[str]:
        """How the runs in the log ended."""
        return Counter(
            verdict.TOPIC
            for run_id in self.history.runs
            for verdict in self.history.verdicts(run_id)
        )

    # -- the attack ---------------------------------------------------------------------------

    def _attack(self) -> None:
        rng = random.Random(f"fault {self.seed}")
        clients = Clients(self.deployment.url, self.deployment.key, self.ledger)
        self.machine.mark()
        clients.start()
        try:
            time.sleep(rng.uniform(*self.fault.begins))
            self.injected = time.monotonic()
            try:
                self.fault.inject(self.deployment, rng)
            finally:
                self.fault.heal(self.deployment)
                self.healed = time.monotonic()
            self._return_to_normal()
        except BaseException:
            clients.give_up()
            raise
        finally:
            clients.join(_CLIENTS)
        self._finish()

    def _return_to_normal(self) -> None:
        try:
            self.to_normal = Normal(self.deployment, self.tape).seconds_from(
                self.healed, _TO_NORMAL
            )
        except AssertionError as never:
            self.findings.append(Finding("slow", str(never)))
        self.others = self.machine.used_by_others()

    def _finish(self) -> None:
        normal = Normal(self.deployment, self.tape)
        try:
            wait_until(normal.all_over, "every run to be over", self.fault.patience)
        except AssertionError as never:
            self.findings.append(Finding("slow", f"{never}; the last look: {self.tape.latest}"))

    # -- the judgement ------------------------------------------------------------------------

    def _judge(self, log: EventLog) -> Iterator[Finding]:
        yield from self._timely(self.deployment.findings)
        yield from self._timely(self._slow())
        yield from judge_acceptance(self.history, self.ledger)
        yield from judge_verdicts(self.history, self.ledger, self.fault.spoils)
        yield from judge_attempts(self.history, len(self.deployment.executors))
        yield from self._timely(judge_timeouts(self.history, self.tape))
        yield from Order(self.tape, self._blurred()).judge(self.history)
        yield from judge_views(self.deployment.database.url, log)
        yield from judge_artifacts(self.history, self.deployment.artifacts)
        yield from judge_left_over(self.deployment)
        yield from self.fault.judge(self.history)

    def _slow(self) -> Iterator[Finding]:
        mark = self.fault.mark
        if mark is None or self.to_normal == float("inf"):
            return
        if self.to_normal > mark:
            yield Finding("slow", f"normal after {self.to_normal:.1f} s, promised within {mark:g}")

    def _timely(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """What others use of the machine is missing to ours: times are then nobody's fault."""
        busy = (self.others or 0.0) >= _BUSY
        return (finding for finding in findings if not (busy and finding.sort == "slow"))

    def _blurred(self) -> list[tuple[float, float]]:
        if not self.fault.blurs_order:
            return []
        return [(self.injected, self.healed + self.to_normal)]
