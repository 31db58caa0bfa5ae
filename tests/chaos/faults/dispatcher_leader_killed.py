"""Of two dispatchers the one that leads is killed, and the other takes over."""

from __future__ import annotations

import random

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.support.waiting import wait_until

_BOTH = ("dispatcher", "dispatcher-2")


class DispatcherLeaderKilled(Fault):
    about = "two dispatchers; kill -9 of the leader, and of the next"

    def prepare(self, deployment: Deployment) -> None:
        if "dispatcher-2" not in deployment.roles:
            deployment.add("dispatcher-2", "dispatcher")
        second = deployment.roles["dispatcher-2"]
        second.start()
        wait_until(lambda: second.ready() == {}, "a second dispatcher", PATIENCE)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        for _ in range(2):
            wait_until(lambda: _leader(deployment) is not None, "a leader", PATIENCE)
            deployment.roles[str(_leader(deployment))].kill()

    def restore(self, deployment: Deployment) -> None:
        deployment.roles["dispatcher-2"].end()


def _leader(deployment: Deployment) -> str | None:
    leads = [
        name for name in _BOTH if deployment.roles[name].measured("proctor_dispatcher_leads") == 1
    ]
    return leads[0] if leads else None


FAULT = DispatcherLeaderKilled()
