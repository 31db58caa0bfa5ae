"""The dispatcher as a role: relay and timekeeper, wired."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from dispatcher.relay import Relay
from dispatcher.roster import Roster
from dispatcher.timekeeper import Timekeeper
from runtime.database import open_log
from runtime.follower import Follower
from runtime.lifecycle import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.broker.port import Broker
    from runtime.settings import Settings


@contextmanager
def dispatcher(url: str, broker: Broker, settings: Settings) -> Iterator[Crew]:
    """Runs the dispatcher on the database at `url` until the context ends."""
    publisher = broker.publisher()
    try:
        with open_log(url, "proctor dispatcher", connections=3) as log:
            relay = Follower(url, log, Relay(url, log, publisher))
            roster = Roster(publisher)
            timekeeper = Timekeeper(url, log, roster, settings.queue_check_interval)
            with Crew([relay, timekeeper]) as crew:
                yield crew
    finally:
        publisher.close()
