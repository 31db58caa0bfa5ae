"""The projections as a role: the follower that keeps the views, wired."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from projections.ledger.role import ledger
from projections.rebuild import rebuild
from projections.views import LIVE, VERSION, LiveViews, exists, make
from runtime.database import connect, open_log, schema_lock
from runtime.follower import Follower
from runtime.lifecycle import Crew
from runtime.probe import Probe
from runtime.schema import save_version, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import EventLog
    from runtime.settings import Settings

_PREPARING = 7_277_263_003
"""The advisory lock of whoever makes the views, so that two processes do not both."""


@contextmanager
def projections(url: str, settings: Settings) -> Iterator[Crew]:
    """Keeps views and ledger in the database at `url` until the context ends.

    Views that an older Proctor made are made anew first. Raises ProctorError if they are newer.
    """
    with open_log(url, "proctor projections", connections=2) as log:
        prepare(url, log)
        views = Follower(url, log, LiveViews())
        with (
            ledger(url, settings) as keepers,
            Crew([views, *keepers, Probe("database", log.head)]) as crew,
        ):
            yield crew


def prepare(url: str, log: EventLog) -> None:
    """Makes the views where they are missing, and anew where they are of an older version.

    Readers see the old ones until the new ones are complete.
    """
    with connect(url, "proctor projections") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_PREPARING,))
        if version_of(connection, "views", VERSION) == VERSION:
            return
        if exists(connection, LIVE):
            rebuild(url, log)
        else:
            make(connection, LIVE)
        with schema_lock(url, "proctor projections"):
            save_version(connection, "views", VERSION)
