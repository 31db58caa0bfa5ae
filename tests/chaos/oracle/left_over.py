"""Nothing is left over: no message, queue, connection, session, process, profile or file."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
import psycopg

from executor.browser.launch import MARKER
from runtime.ownership import lives
from tests.chaos.broker import QUEUE
from tests.chaos.oracle.finding import Finding
from tests.chaos.sweep import ROLE_OF
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.deployment import Deployment

_PATIENCE = 12.0
"""Seconds for what is on its way out: RabbitMQ's counts are half a second old."""
_DATABASE_CONNECTIONS = """
    SELECT application_name AS name, count(*)::int FROM pg_stat_activity
    WHERE datname = 'proctor' AND application_name LIKE 'proctor %' GROUP BY 1
"""
_MOST = {
    "proctor dispatcher": 4, "proctor relay": 2, "proctor timekeeper": 1, "proctor reconciler": 1,
    "proctor leadership": 1, "proctor projections": 2, "proctor views": 2, "proctor executor": 10,
    "proctor api": 16, "proctor reader": 16, "proctor api clock": 4, "proctor api tail": 2,
}  # fmt: skip
"""Connections that the roles may keep: their pools, and those that listen or hold a lock."""
_USUAL = 4
"""Those of a component that is not named."""


def judge_left_over(deployment: Deployment) -> Iterator[Finding]:
    """Looks until nothing is left, or for `_PATIENCE` seconds."""
    with suppress(AssertionError):
        wait_until(lambda: not _found(deployment), "nothing to be left over", _PATIENCE)
    for found in _found(deployment):
        yield Finding("left over", found)


def _found(deployment: Deployment) -> list[str]:
    return [
        *_messages(deployment),
        *_connections(deployment),
        *_sessions(deployment),
        *_processes(deployment),
        *_files(deployment),
    ]


def _messages(deployment: Deployment) -> Iterator[str]:
    vhost = urlsplit(deployment.vhost_url).path.removeprefix("/")
    queues = deployment.broker.look(f"/queues/{vhost}")
    if queues is None:
        yield "RabbitMQ does not say which queues there are"
        return
    for queue in queues:
        if queue.get("messages", 0) and queue["name"] in {QUEUE, "proctor.dead"}:
            counts = {n: queue.get(n) for n in ("messages_ready", "messages_unacknowledged")}
            yield f"messages in {queue['name']}: {counts}"
    own = [q for q in queues if q["name"] not in {QUEUE, "proctor.dead"}]
    # Each executor hears broadcasts and who looks at it; each dispatcher has an ear; each of the
    # API's workers has an ear, and is shown pictures.
    expected = 2 * len(deployment.executors) + _dispatchers(deployment) + 2 * 2
    if len(own) > expected:
        yield f"{len(own)} queues of listeners, not {expected}: {[q['name'] for q in own]}"


def _connections(deployment: Deployment) -> Iterator[str]:
    found = [
        connection
        for connection in deployment.broker.look("/connections") or []
        if "role" in connection.get("client_properties", {})
    ]
    expected = 2 * len(deployment.executors) + _dispatchers(deployment) + 2
    if len(found) > expected:
        names = sorted(_name(connection) for connection in found)
        yield f"{len(found)} connections to RabbitMQ, not {expected}: {names}"
    vhosts = deployment.broker.look("/vhosts") or []
    if len(vhosts) != 2:
        yield f"virtual hosts: {[vhost['name'] for vhost in vhosts]}"


def _dispatchers(deployment: Deployment) -> int:
    return sum(
        role.wanted for name, role in deployment.roles.items() if name.startswith("dispatcher")
    )


def _name(connection: dict[str, Any]) -> str:
    return str(connection.get("client_properties", {}).get("connection_name"))


def _sessions(deployment: Deployment) -> Iterator[str]:
    try:
        with psycopg.connect(deployment.database.url, connect_timeout=3) as connection:
            found = connection.execute(_DATABASE_CONNECTIONS).fetchall()
    except psycopg.OperationalError as error:
        yield f"the database does not say who is connected: {error}"
        return
    for name, count in found:
        if count > _MOST.get(name, _USUAL) * (_dispatchers(deployment) if "lead" in name else 1):
            yield f"{count} sessions of {name!r}"


def _processes(deployment: Deployment) -> Iterator[str]:
    """Whatever has the deployment's folder in its environment, and no living role above it."""
    roles = {role.pid for role in deployment.roles.values() if role.alive}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            environment = process.environ()
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            marked = environment.get(MARKER)
            ours = environment.get(ROLE_OF) == str(deployment.folder) or (
                marked is not None and str(deployment.folder) in environment.get("TMPDIR", "")
            )
            if not ours or process.pid in roles:
                continue
            above = {parent.pid for parent in process.parents()}
            if not above & roles:
                yield f"process {process.pid} {process.name()} {marked or ''}"


def _files(deployment: Deployment) -> Iterator[str]:
    for path in deployment.artifacts.glob(".drafts/*"):
        yield f"{path.name}, of an artifact that was never whole"
    for path in deployment.temporary.iterdir():
        mark = path.name.removeprefix("proctor-").rpartition("-")[0]
        if not lives(mark):
            yield f"{path.name} in the folder for temporary files"
            continue
        # One browser's folder, and at most another that is being launched.
        browsers = [inner for inner in path.iterdir() if inner.name.startswith("browser-")]
        if len(browsers) > 1:
            yield f"{[inner.name for inner in browsers]} in {path.name}"
