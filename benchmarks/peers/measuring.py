"""All four peers, one after the other; one that cannot be measured says why and stops no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.peers import celery_noop, npx_suite, procrastinate_noop, pytest_suite
from benchmarks.peers.figure import Figure, NotMeasuredError
from benchmarks.peers.private_database import private_database

if TYPE_CHECKING:
    from collections.abc import Callable

TASKS = 1_500


def peers(shop: str, amqp_url: str, database_url: str, tasks: int = TASKS) -> list[Figure]:
    """Measures the queues on no-op tasks and the runners on the example suite.

    `shop` is the example shop's address, `amqp_url` a virtual host's that holds no queue named
    celery; beside the database of `database_url` a new one is made for each queue and dropped.
    """

    def celery() -> Figure:
        with private_database(database_url) as own:
            return celery_noop.measure(amqp_url, own, tasks)

    def procrastinate() -> Figure:
        with private_database(database_url) as own:
            return procrastinate_noop.measure(own, tasks)

    return [
        _measured("Celery", celery),
        _measured("Procrastinate", procrastinate),
        _measured("pytest-playwright", lambda: pytest_suite.measure(shop)),
        _measured("Playwright Test", lambda: npx_suite.measure(shop)),
    ]


def _measured(peer: str, measure: Callable[[], Figure]) -> Figure:
    try:
        return measure()
    except NotMeasuredError as error:
        return Figure(peer, reason=str(error))
