"""The clocks of some processes are an hour ahead, of others an hour behind."""

from __future__ import annotations

import random
from pathlib import Path

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.support.waiting import wait_until

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
_ASTRAY = {
    "dispatcher": "+1h",
    "projections": "-1h",
    "executor-1": "+1h",
    "executor-2": "-1h",
    "api": "-1h",
}


class ClocksAstray(Fault):
    about = "dispatcher and an executor an hour ahead; views, API and an executor an hour behind"
    begins = (0.0, 0.0)

    def why_not(self, deployment: Deployment) -> str | None:
        return None if _LIBRARIES else "libfaketime is not there: apt-get install faketime"

    def prepare(self, deployment: Deployment) -> None:
        for name, clock in _ASTRAY.items():
            # What measures a duration must not be moved: no machine's monotonic clock is.
            astray = {"FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            deployment.roles[name].restart(LD_PRELOAD=str(_LIBRARIES[0]), **astray)
        wait_until(deployment.is_ready, "the API to be ready", PATIENCE)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        """They are wrong from the beginning to the end."""

    def restore(self, deployment: Deployment) -> None:
        for name in _ASTRAY:
            deployment.roles[name].restart()
        wait_until(deployment.is_ready, "the API to be ready", PATIENCE)


FAULT = ClocksAstray()
