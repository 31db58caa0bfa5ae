"""Finding whom to hit: by what the log says, without asking the deployment."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import psycopg

from executor.browser.launch import MARKER
from tests.chaos.fault import PATIENCE
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.chaos.deployment import Deployment
    from tests.chaos.role import Role

_HOLDERS = "SELECT executor FROM views.runs WHERE status = 'running' AND steps_total > 0"


def busy_executors(deployment: Deployment, patience: float = PATIENCE) -> list[Role]:
    """The executors that hold a run with steps; waits until there is one."""
    found: list[Role] = []

    def some() -> bool:
        with psycopg.connect(deployment.database.url, connect_timeout=2) as connection:
            names = [name for (name,) in connection.execute(_HOLDERS).fetchall()]
        found[:] = [deployment.roles[name] for name in names if deployment.roles[name].alive]
        return bool(found)

    wait_until(some, "an executor to hold a run", patience)
    return sorted(found, key=lambda role: role.name)


def browser_of(executor: Role) -> psutil.Process:
    """The main process of an executor's browser: it leads a group of its own."""
    found: list[psutil.Process] = []

    def some() -> bool:
        with suppress(psutil.Error):
            children = psutil.Process(executor.pid).children(recursive=True)
            found[:] = [each for each in children if MARKER in each.environ() and _leads(each)]
        return bool(found)

    wait_until(some, f"{executor.name} to have a browser", PATIENCE)
    return found[0]


def _leads(process: psutil.Process) -> bool:
    with suppress(ProcessLookupError):
        return os.getpgid(process.pid) == process.pid
    return False


def executor_on_port(deployment: Deployment, port: int) -> Role:
    """The executor that has, itself or by its browser, a connection from this port of loopback."""
    pids = {connection.pid for connection in psutil.net_connections("tcp4")
            if connection.laddr and connection.laddr.port == port}  # fmt: skip
    for pid in filter(None, pids):
        owner = psutil.Process(pid).environ().get(MARKER, "").partition("-")[0]
        for executor in deployment.executors:
            if str(executor.pid) in {str(pid), owner}:
                return executor
    raise AssertionError(f"no executor speaks from port {port}")
