"""RabbitMQ runs short of memory or disk, and takes no messages for a while."""

from __future__ import annotations

import random
import time

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.support.waiting import wait_until

_FOR = 6.0
_ALARMS = {
    "memory": ("set_vm_memory_high_watermark", "0.00001", "0.4"),
    "disk": ("set_disk_free_limit", "900GB", "50MB"),
}


class BrokerAlarm(Fault):
    about = "an alarm of RabbitMQ's, of memory or disk, for six seconds"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        command, short, _ = _ALARMS[rng.choice(sorted(_ALARMS))]
        deployment.broker.ctl(command, short)
        dispatcher = deployment.roles["dispatcher"]
        wait_until(dispatcher.ready, "the dispatcher to tell of it", PATIENCE)
        time.sleep(_FOR)  # It is how long the fault lasts, not how long something takes.

    def heal(self, deployment: Deployment) -> None:
        for command, _, enough in _ALARMS.values():
            deployment.broker.ctl(command, enough)


FAULT = BrokerAlarm()
