"""A campaign: every fault asked for, each with several seeds, on one deployment."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.deployment import Deployment
from tests.chaos.faults import FAULTS
from tests.chaos.machine import Machine
from tests.chaos.normal import Normal
from tests.chaos.table import Row, evidence, head
from tests.chaos.tape import Tape
from tests.chaos.trial import Trial
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

_CALM = 60.0


class Campaign:
    """Tries faults one after the other; a deployment that does not recover is replaced."""

    def __init__(self, say: Callable[[str], None], broken: str | None = None) -> None:
        self._say = say
        self._broken = broken
        self._machine = Machine()
        self._deployment: Deployment | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._give_up_deployment()
        self._machine.close()

    def run(self, names: Sequence[str], seeds: Sequence[int], runs: int) -> list[Row]:
        """Prints a line as each fault is done; the rows."""
        self._say(head())
        rows = []
        for name in names:
            began = time.monotonic()
            row = self._try(name, seeds, runs)
            rows.append(row)
            self._say(f"{row.line()}  ({time.monotonic() - began:.0f} s)")
            for line in evidence(row):
                self._say(line)
        return rows

    def _try(self, name: str, seeds: Sequence[int], runs: int) -> Row:
        row = Row(name)
        for seed in seeds:
            row.skipped = FAULTS[name].why_not(self.deployment)
            if row.skipped is not None:
                break
            trial = Trial(self.deployment, name, FAULTS[name], seed, runs, self._machine)
            row.trials.append(trial)
            try:
                trial.run()
            except Exception as error:  # noqa: BLE001 - the other faults are tried all the same
                row.broken.append(f"seed {seed}: {type(error).__name__}: {error}")
            if trial.findings or row.broken:
                row.logs += self._kept_logs(name, seed)
            # What is left over would be found again after other faults, and who knows in what
            # state a trial that broke has left the deployment.
            if row.broken or trial.count("left over") or not self._calm():
                self._give_up_deployment()
        return row

    @property
    def deployment(self) -> Deployment:
        """The one that runs; started when it is first needed."""
        if self._deployment is None:
            self._deployment = Deployment(self._broken).__enter__()
            wait_until(self._is_normal, "a deployment that works", _CALM)
        return self._deployment

    def _calm(self) -> bool:
        """Whether the deployment is fit for another trial."""
        with suppress(AssertionError):
            wait_until(self._is_normal, "a deployment that works", _CALM)
            return True
        return False

    def _is_normal(self) -> bool:
        assert self._deployment is not None
        with (
            Tape(self._deployment.database.url) as tape,
            closing(Normal(self._deployment, tape)) as normal,
            suppress(AssertionError),
        ):
            wait_until(lambda: normal.holds() and normal.all_over(), "calm", 5)
            return True
        return False

    def _kept_logs(self, name: str, seed: int) -> list[str]:
        """The roles' logs, copied to where they outlive the deployment."""
        assert self._deployment is not None
        kept = Path(tempfile.gettempdir()) / f"chaos-logs-{name}-{seed}"
        kept.mkdir(exist_ok=True)
        for log in self._deployment.folder.glob("*.log"):
            shutil.copy(log, kept)
        return [f"seed {seed}: the logs are in {kept}"]

    def _give_up_deployment(self) -> None:
        deployment, self._deployment = self._deployment, None
        if deployment is not None:
            deployment.__exit__()
