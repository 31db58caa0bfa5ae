"""`proctor dispatcher` and `proctor projections`: what follows the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.starting import settings_of, shared_broker, wait_until_told_to_stop
from dispatcher.role import dispatcher
from projections.rebuild import rebuild
from projections.role import projections
from runtime.database import database, open_log
from runtime.watchpost import watchpost

if TYPE_CHECKING:
    import argparse


def run_dispatcher(options: argparse.Namespace) -> int:
    """Relay and timekeeper alone."""
    settings = settings_of(options)
    broker = shared_broker(settings, "dispatcher")
    with (
        database(settings) as url,
        dispatcher(url, broker, settings) as running,
        watchpost(settings, lambda: running.troubles),
    ):
        wait_until_told_to_stop()
    return 0


def run_projections(options: argparse.Namespace) -> int:
    """The views' follower alone; or, with `rebuild`, the views made anew."""
    settings = settings_of(options)
    with database(settings) as url:
        if options.action == "rebuild":
            with open_log(url, "proctor rebuild", connections=2) as log:
                position = rebuild(url, log, _show_progress)
            print(f"views rebuilt up to position {position}")  # noqa: T201 - the command's answer
        else:
            with projections(url, settings) as crew, watchpost(settings, lambda: crew.troubles):
                wait_until_told_to_stop()
    return 0


def _show_progress(position: int, head: int) -> None:
    print(f"{position} of {head} events", flush=True)  # noqa: T201
