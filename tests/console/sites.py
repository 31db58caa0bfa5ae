"""Deployments with the dashboard whose process can be stopped and started while somebody looks."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.deployment import (
    PROCTOR,
    Deployment,
    embedded,
    end,
    environment,
    process,
    reached,
    separate,
)  # fmt: skip
from tests.support.postgres import fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Fixture = Callable[[str], Any]
    """A test session's own, by name: started only where it is asked for."""

EXECUTORS = 2
APIS = 2


@dataclass(frozen=True)
class Site:
    """A deployment, and how the process that has the pages is started."""

    proctor: Deployment
    role: str
    options: tuple[str, ...]
    running: ExitStack

    def stop(self) -> None:
        end(self.proctor.processes[self.role])

    def start(self) -> None:
        """Anew, on the same port and data folder."""
        data = self.proctor.data_dir
        port = str(urlsplit(self.proctor.url).port)
        command: list[str | Path] = [PROCTOR, self.role, "--port", port, *self.options]
        env = self.proctor.environment or environment(data, PROCTOR_DRAIN_GRACE="0")
        log = data / "again.log"
        started = self.running.enter_context(process(command, log, env))
        reached(data, started, log)
        self.proctor.processes[self.role] = started


@contextmanager
def in_one(data: Path, _: Fixture) -> Iterator[Site]:
    """`proctor serve`."""
    with ExitStack() as running:
        proctor = running.enter_context(embedded(data, EXECUTORS))
        yield Site(proctor, "serve", ("--executors", str(EXECUTORS)), running)


@contextmanager
def on_rabbitmq(data: Path, fixture: Fixture) -> Iterator[Site]:
    """A process for every role, and two that share the API's port."""
    with ExitStack() as running:
        database = running.enter_context(fresh_database(fixture("postgres_url")))
        broker = running.enter_context(fixture("rabbit_server").vhost())
        proctor = running.enter_context(separate(data, database, broker, EXECUTORS, copies=APIS))
        yield Site(proctor, "api", ("--workers", str(APIS)), running)


SITES = {"embedded": in_one, "on RabbitMQ": on_rabbitmq}
