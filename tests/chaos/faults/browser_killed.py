"""Browsers die under their runs."""

from __future__ import annotations

import random
from contextlib import suppress

import psutil

from tests.chaos.aim import busy_browsers
from tests.chaos.deployment import Deployment
from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault


class BrowserKilled(Fault):
    about = "kill -9 of the browser of a busy executor, four times"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for _ in range(4):
            browser = rng.choice(busy_browsers(deployment))
            with suppress(psutil.NoSuchProcess):
                browser.kill()
                browser.wait(5)


FAULT = BrowserKilled()
