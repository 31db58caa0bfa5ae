"""Browsers stand still under their runs, and nobody wakes them."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress

from tests.chaos.aim import busy_browsers
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault, Spoils


class BrowserFrozen(Fault):
    about = "SIGSTOP of every process of two busy executors' browsers, for good"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False
    # Nobody can tell a frozen browser from a page that does not answer.
    spoils = Spoils(("failed", "timed_out"), most=2)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for _ in range(2):
            browser = rng.choice(busy_browsers(deployment))
            with suppress(ProcessLookupError):
                os.killpg(os.getpgid(browser.pid), signal.SIGSTOP)


FAULT = BrowserFrozen()
