"""What is soaked: a real deployment on a database and a broker of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.servers import private_broker, private_database, shop
from tests.support.deployment import embedded, separate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.deployment import Deployment

    Deployed = tuple[Deployment, str, str]
    """The deployment, the shop that its runs visit, and its database's URL."""


@contextmanager
def in_one(folder: Path, executors: int) -> Iterator[Deployed]:
    """`proctor serve`."""
    with (
        shop(folder) as visited,
        private_database(folder) as database,
        embedded(folder / "data", executors, PROCTOR_DATABASE_URL=database) as proctor,
    ):
        yield proctor, visited, database


@contextmanager
def in_roles(folder: Path, executors: int) -> Iterator[Deployed]:
    """A process for every role, and RabbitMQ."""
    with (
        shop(folder) as visited,
        private_database(folder) as database,
        private_broker() as node,
        node.vhost() as broker,
        separate(folder / "data", database, broker, executors) as proctor,
    ):
        yield proctor, visited, database
