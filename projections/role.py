"""The projections as a role: the follower that keeps the views, wired."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from projections.views import LiveViews
from runtime.database import open_log
from runtime.follower import Follower
from runtime.lifecycle import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def projections(url: str) -> Iterator[Crew]:
    """Keeps the views in the database at `url` until the context ends."""
    with (
        open_log(url, "proctor projections", connections=2) as log,
        Crew([Follower(url, log, LiveViews(url))]) as crew,
    ):
        yield crew
