"""Finding whom to hit: by what the log says, without asking the deployment."""

from __future__ import annotations

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


def busy_browsers(deployment: Deployment) -> list[psutil.Process]:
    """The main processes of their browsers; waits until one of them has one. One whose browser died
    while nobody needed it has none."""
    found: list[psutil.Process] = []

    def some() -> bool:
        found[:] = [browser for role in busy_executors(deployment) for browser in _browsers(role)]
        return bool(found)

    wait_until(some, "a busy executor to have a browser", PATIENCE)
    return found


def _browsers(executor: Role) -> list[psutil.Process]:
    """Debian starts the browser by a script, which would not be missed; its helpers have a type."""
    with suppress(psutil.Error):
        marked = [
            process
            for process in psutil.Process(executor.pid).children(recursive=True)
            if MARKER in process.environ() and not any("--type=" in a for a in process.cmdline())
        ]
        starters = {process.ppid() for process in marked}
        return [process for process in marked if process.pid not in starters]
    return []


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
