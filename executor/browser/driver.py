"""Playwright's driver: a process of ours that talks to browsers, given up with one that hangs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from executor.browser.path import teach

if TYPE_CHECKING:
    from playwright.async_api import Playwright

    from executor.browser.processes import BrowserProcesses

_ANSWER_TIMEOUT = 3.0


class Driver:
    """Started when it is first needed, and anew after it was given up."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._stopping: set[asyncio.Task[None]] = set()

    async def playwright(self) -> Playwright:
        """The running driver. Playwright raises a bare Exception when it does not start."""
        if self._playwright is None:
            self._playwright = await async_playwright().start()
            await teach(self._playwright.selectors)
        return self._playwright

    def give_up(self, processes: BrowserProcesses | None) -> None:
        """A driver that may hang is not asked whether it does: the next browser gets a new one."""
        driver, self._playwright = self._playwright, None
        if processes is not None:
            processes.kill_driver()
        if driver is not None:
            stopping = asyncio.create_task(_quietly_stop(driver))
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)

    async def stop(self) -> None:
        """Ends it, and whatever was given up."""
        driver, self._playwright = self._playwright, None
        if driver is not None:
            await _quietly_stop(driver)
        await asyncio.gather(*self._stopping)


async def _quietly_stop(driver: Playwright) -> None:
    with suppress(Exception):
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            await driver.stop()
