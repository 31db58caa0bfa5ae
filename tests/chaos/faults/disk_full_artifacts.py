"""The disk with the artifacts, and everything temporary, is full for a while."""

from __future__ import annotations

import random
import time

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_FOR = 8.0


class DiskFullArtifacts(Fault):
    about = "no byte is left for artifacts and temporary files, for eight seconds"

    def why_not(self, deployment: Deployment) -> str | None:
        return deployment.data_disk.why_not

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        deployment.data_disk.fill()
        time.sleep(_FOR)

    def heal(self, deployment: Deployment) -> None:
        deployment.data_disk.free()


FAULT = DiskFullArtifacts()
