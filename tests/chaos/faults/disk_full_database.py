"""The database's disk is full for a while; an operator makes room and starts it again."""

from __future__ import annotations

import random
import time

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_FOR = 6.0


class DiskFullDatabase(Fault):
    about = "no byte is left for PostgreSQL, for six seconds"

    def why_not(self, deployment: Deployment) -> str | None:
        return deployment.database_disk.why_not

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        deployment.database_disk.fill()
        time.sleep(_FOR)

    def heal(self, deployment: Deployment) -> None:
        deployment.database_disk.free()
        deployment.database.start_again_if_ended()


FAULT = DiskFullDatabase()
