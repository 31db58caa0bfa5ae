"""What the routes work with, wired once a process."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.console.links import SignInLinks
from api.console.tables import prepare, secret_of
from api.executors import Executors
from api.group_commit import GroupCommit
from api.keys import KeyRing
from api.receipts import Receipts
from api.sessions import Sessions
from api.slots import slots
from api.tail import Tail
from api.views_clock import ViewsClock
from projections.reader import ViewReader
from runtime.artifacts import ArtifactStore
from runtime.database import open_log
from runtime.lifecycle import Crew
from runtime.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from domain.log import EventLog
    from runtime.broker.port import Broker
    from runtime.settings import Settings


@dataclass(slots=True)
class Services:
    """Everything a request may need."""

    settings: Settings
    log: EventLog
    reader: ViewReader
    commits: GroupCommit
    clock: ViewsClock
    tail: Tail
    receipts: Receipts
    keys: KeyRing
    sessions: Sessions
    links: SignInLinks
    executors: Executors
    store: ArtifactStore
    crew: Crew
    troubles: Callable[[], dict[str, str]]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


@contextmanager
def services(
    url: str,
    broker: Broker,
    settings: Settings,
    troubles: Callable[[], dict[str, str]] = dict,
) -> Iterator[Services]:
    """The services on the database at `url`, running until the context ends.

    `troubles` adds what is wrong in other parts of this process to `/health/ready`.
    """
    prepare(url)
    sessions, links = Sessions(secret_of(url)), SignInLinks(url)
    with open_log(url, "proctor api", connections=8) as log:
        reader = ViewReader(url, log)
        commits, clock, tail = GroupCommit(log), ViewsClock(url), Tail(url, log)
        executors = Executors(broker, settings.known_pools)
        receipts = Receipts(reader, clock, lambda: slots(executors, settings))
        try:
            probes = [Probe("database", log.head), Probe("views", reader.look)]
            with Crew([commits, clock, tail, *probes]) as crew:
                yield Services(
                    settings, log, reader, commits, clock, tail, receipts, KeyRing(log), sessions,
                    links, executors, ArtifactStore(settings.artifacts), crew,
                    lambda: {**crew.troubles, **troubles()},
                )  # fmt: skip
        finally:
            reader.close()
