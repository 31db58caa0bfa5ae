"""The sessions that listen for commits are terminated, and those alone."""

from __future__ import annotations

import random

import psycopg

from tests.chaos.deployment import Deployment
from tests.chaos.fault import PATIENCE, Fault
from tests.support.waiting import wait_until

_LISTENERS = (
    "FROM pg_stat_activity WHERE application_name LIKE 'proctor %' AND query LIKE 'LISTEN%'"
)
_COUNT = f"SELECT count(*) {_LISTENERS}"
_TERMINATE = f"SELECT pg_terminate_backend(pid, 5000) {_LISTENERS}"


class DatabaseListenersTerminated(Fault):
    about = "pg_terminate_backend of the sessions that LISTEN, three times, whenever all are back"

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        with psycopg.connect(deployment.database.url, autocommit=True) as connection:
            all_of_them = _listening(connection)
            assert all_of_them, "nobody listens"
            for _ in range(3):
                wait_until(
                    lambda: _listening(connection) >= all_of_them, "all to listen again", PATIENCE
                )
                connection.execute(_TERMINATE)


def _listening(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute(_COUNT).fetchone()
    return row[0] if row else 0


FAULT = DatabaseListenersTerminated()
