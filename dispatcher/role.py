"""The dispatcher as a role: relay, timekeeper and reconciler under one leadership, wired."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from dispatcher import open_runs
from dispatcher.ageing import Ageing
from dispatcher.announcer import BATCH, GATHER, Announcer
from dispatcher.leadership import Leadership
from dispatcher.reconciler import Reconciler
from dispatcher.relay import Relay
from dispatcher.roster import Roster
from dispatcher.timekeeper import Timekeeper
from runtime.database import open_log, schema_lock
from runtime.follower import Follower
from runtime.lifecycle import Crew
from runtime.probe import Probe
from runtime.stored_log import StoredLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import EventLog
    from runtime.broker.port import Broker, Publisher
    from runtime.lifecycle import Component
    from runtime.settings import Settings


class Dispatcher:
    """A running dispatcher: the leader, or one that waits to be."""

    def __init__(self, crew: Crew, leadership: Leadership, publisher: Publisher) -> None:
        self._crew = crew
        self._leadership = leadership
        self._publisher = publisher

    @property
    def leads(self) -> bool:
        """Whether this one works."""
        return self._leadership.leads

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong now, by component; also of one that waits to lead."""
        broker = {"broker": self._publisher.trouble} if self._publisher.trouble else {}
        return {**self._crew.troubles, **self._leadership.troubles, **broker}


@contextmanager
def dispatcher(url: str, broker: Broker, settings: Settings) -> Iterator[Dispatcher]:
    """Runs the dispatcher on the database at `url` until the context ends.

    Raises ProctorError if a newer Proctor made its tables.
    """
    prepare(url)
    publisher = broker.publisher()
    try:
        with (
            open_log(url, "proctor dispatcher", connections=4) as log,
            closing(StoredLog(url, "proctor announcer")) as stored,
        ):
            components = _components(url, log, publisher, settings)
            if publisher.durable:  # An in-process broker has nobody outside to announce to.
                components.append(Follower(url, stored, Announcer(publisher), BATCH, gather=GATHER))
            leadership = Leadership(url, components)
            with Crew([leadership, Probe("database", log.head)]) as crew:
                yield Dispatcher(crew, leadership, publisher)
    finally:
        publisher.close()


def prepare(url: str) -> None:
    """Brings the dispatcher's tables to this program's version."""
    with schema_lock(url, "proctor dispatcher") as connection:
        open_runs.make_tables(connection)


def _components(
    url: str, log: EventLog, publisher: Publisher, settings: Settings
) -> list[Component]:
    interval = settings.queue_check_interval
    # The roster listens from the start, so that a new leader knows who is alive.
    roster, ageing = Roster(publisher), Ageing(log, settings.ageing_interval)
    return [
        Follower(url, log, Relay(log, publisher)),
        Timekeeper(url, log, roster, ageing, interval),
        Reconciler(url, log, publisher, interval),
    ]
