"""`python -m tests.web.miniwob [TASK ...]`: tries every task three times, and says what it made of
them."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

import structlog

from executor.browser.settings import BrowserSettings
from tests.web.miniwob.player import playing
from tests.web.miniwob.site import tasks_served
from tests.web.miniwob.tally import report
from tests.web.packages import PackagesMissingError, fetch

if TYPE_CHECKING:
    from tests.web.miniwob.player import Tried

_SEEDS = (1, 2, 3)


async def _tries(url: str, tasks: list[str]) -> list[Tried]:
    async with playing(url, BrowserSettings(owner="miniwob")) as player:
        return [await player.play(task, seed) for task in tasks for seed in _SEEDS]


def main(wanted: list[str]) -> None:
    """Tries the tasks that are wanted, or all of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tasks_served() as (url, tasks):
        tries = asyncio.run(_tries(url, wanted or tasks))
    sys.stdout.writelines(f"{line}\n" for line in report(tries))


if __name__ == "__main__":
    try:
        fetch()
    except PackagesMissingError as missing:
        sys.exit(f"The package of the tasks cannot be had: {missing}")
    main(sys.argv[1:])
