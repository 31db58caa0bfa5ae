"""Database and broker go away and come back; nothing is lost and nobody has to help."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.support.deployment import Deployment, embedded, separate
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.rabbitmq import RabbitNode

SLOW = {"goto": "/slow?seconds=1", "timeout": 20}


def passed(proctor: Deployment, count: int) -> bool:
    answer = proctor.http.get("/queue/statistics")
    return answer.status_code == 200 and answer.json()["total"]["passed"] == count


def test_every_database_connection_is_cut_in_the_middle_of_the_work(tmp_path: Path, shop: str):
    with embedded(tmp_path) as proctor:
        proctor.batch(*[{"name": "x", "base_url": shop, "steps": [SLOW]}] * 15)
        wait_until(lambda: proctor.get("/queue/status")["active"] == 5, "five active runs")
        url = f"postgresql://postgres:@/postgres?host={tmp_path / 'postgres'}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = 'proctor' AND pid <> pg_backend_pid()"
            )
        wait_until(lambda: passed(proctor, 15), "every run to pass", timeout=60)


@pytest.mark.timeout(180)
def test_the_broker_is_restarted_in_the_middle_of_the_work(
    tmp_path: Path, database_url: str, rabbit_node: RabbitNode, rabbit_url: str, shop: str
):
    with separate(tmp_path, database_url, rabbit_url, executors=2) as proctor:
        proctor.batch(*[{"name": "x", "base_url": shop, "steps": [SLOW]}] * 8)
        wait_until(lambda: proctor.get("/queue/status")["active"] == 2, "two active runs")
        rabbit_node.restart()
        with suppress(AssertionError):
            proctor.submit(SLOW, base_url=shop)  # The log takes it, broker or not.
        wait_until(lambda: passed(proctor, 9), "every run to pass", timeout=90)
