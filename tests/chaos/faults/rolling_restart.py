"""Every role is restarted in order, one after the other, while runs flow."""

from __future__ import annotations

import random
from collections.abc import Iterator

from domain.run import DRAINED
from domain.run_events import AttemptLost
from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault
from tests.chaos.mix import Mix
from tests.chaos.oracle.finding import Finding
from tests.chaos.oracle.history import History


class RollingRestart(Fault):
    about = "SIGTERM and a new start of every role in turn: no run may be lost or fail for it"
    mix = Mix(spread=15.0)
    blurs_order = True

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        names = [name for name, role in deployment.roles.items() if role.wanted]
        rng.shuffle(names)
        for name in names:
            deployment.roles[name].restart()

    def judge(self, history: History) -> Iterator[Finding]:
        for recorded in history.events:
            event = recorded.event
            if isinstance(event, AttemptLost) and event.error.kind != DRAINED:
                lost = f"an attempt was lost to the restart: {event.error.message}"
                yield Finding("promise", lost, str(event.originator_id))


FAULT = RollingRestart()
