"""What is measured on: the example shop, and servers of our own."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtime.embedded_postgres import embedded_postgres
from tests.support.deployment import environment, process
from tests.support.rabbitmq import RabbitNode
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def shop(folder: Path) -> Iterator[str]:
    """The example shop; its address."""
    log = folder / "shop.log"
    command: list[str | Path] = [sys.executable, "-m", "examples.shop", "--port", "0"]
    with process(command, log, environment(folder) | {"PYTHONUNBUFFERED": "1"}):
        wait_until(lambda: " on http" in log.read_text(), "the shop to start", 30)
        yield log.read_text().split(" on ")[1].split()[0]


@contextmanager
def private_database(folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL of our own."""
    with embedded_postgres(folder / "database") as url:
        yield url


@contextmanager
def private_broker() -> Iterator[RabbitNode]:
    """A RabbitMQ node of our own."""
    node = RabbitNode()
    try:
        node.start()
        yield node
    finally:
        node.close()
