"""An executor dies while its browser and driver stand still: nobody but the reaper ends those."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress

import psutil

from tests.chaos.aim import busy_executors
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault


class ExecutorKilledBrowserFrozen(Fault):
    about = "SIGSTOP of a busy executor's browser and driver, then kill -9 of the executor"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for executor in rng.sample(busy_executors(deployment), 1):
            for process in psutil.Process(executor.pid).children(recursive=True):
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGSTOP)
            executor.kill()


FAULT = ExecutorKilledBrowserFrozen()
