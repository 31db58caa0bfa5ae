"""Every session of every role at the database is terminated, several times."""

from __future__ import annotations

import random
import time

import psycopg

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'proctor %'
"""


class DatabaseSessionsTerminated(Fault):
    about = "pg_terminate_backend of every session, four times in three seconds"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        with psycopg.connect(deployment.database.url, autocommit=True) as connection:
            for _ in range(4):
                connection.execute(_TERMINATE)
                time.sleep(rng.uniform(0.3, 1.0))


FAULT = DatabaseSessionsTerminated()
