"""The sessions that listen for commits are terminated, and those alone."""

from __future__ import annotations

import random
import time

import psycopg

from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'proctor %' AND query LIKE 'LISTEN%'
"""


class DatabaseListenersTerminated(Fault):
    about = "pg_terminate_backend of the sessions that LISTEN, three times"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        with psycopg.connect(deployment.database.url, autocommit=True) as connection:
            for _ in range(3):
                found = connection.execute(_TERMINATE).fetchall()
                assert found, "nobody listens"
                time.sleep(rng.uniform(0.5, 1.5))


FAULT = DatabaseListenersTerminated()
