"""`proctor executor`: loads nothing of the other roles, as a killed one has to be back soon."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.starting import settings_of, shared_broker, wait_until_told_to_stop
from executor.browser.reaper import reap_orphans
from executor.role import ExecutorRole
from runtime.database import database, open_log
from runtime.lifecycle import Crew
from runtime.probe import Probe
from runtime.scratch import scratch
from runtime.settings import take_secrets
from runtime.watchpost import watchpost

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from runtime.broker.port import Broker
    from runtime.settings import Settings


def run_executor(options: argparse.Namespace) -> int:
    """One executor alone."""
    settings = settings_of(options)
    secrets = take_secrets()
    reap_orphans()
    broker = shared_broker(settings, "executor")
    with (
        database(settings) as url,
        scratch(),
        open_log(url, "proctor executor", connections=2) as log,
    ):
        role = ExecutorRole(settings.executor_id, log, broker, settings, secrets)
        probe = Probe("database", log.head)
        with (
            Crew([role, probe], join_timeout=settings.drain_grace + 10) as crew,
            watchpost(settings, lambda: crew.troubles),
        ):
            wait_until_told_to_stop()
    return 0


@contextmanager
def executors(
    url: str, broker: Broker, settings: Settings, secrets: dict[str, str]
) -> Iterator[Crew]:
    """So many executors as the settings say, in this process."""
    count = settings.max_concurrent_executions
    with open_log(url, "proctor executor", connections=min(2 * count, 20)) as log:
        roles = [
            ExecutorRole(f"executor-{number + 1}", log, broker, settings, secrets)
            for number in range(count)
        ]
        with Crew(roles, join_timeout=settings.drain_grace + 10) as crew:
            yield crew
