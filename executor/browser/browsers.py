"""One executor's browser: kept warm, with the next page ready, and replaced when it misbehaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from playwright.async_api import Error

from executor.browser.driver import Driver
from executor.browser.finding import find_browser
from executor.browser.launch import ARGUMENTS, environment, sandboxed
from executor.browser.launched import LAUNCH_TIMEOUT, BrowserLostError, Launched, launch
from executor.browser.page_watch import PageWatch
from executor.browser.prepared import Prepared
from executor.gate.files import forbid_files
from runtime.metrics import BROWSER_RECYCLES

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from playwright.async_api import Browser

    from executor.browser.settings import BrowserSettings
    from executor.gate.gate import Gate

logger = structlog.get_logger()

_ANSWER_TIMEOUT = 3.0
"""Seconds in which a browser or driver that is well does what takes it milliseconds."""


class Browsers:
    """The browser of one executor. One run at a time: `take`, then `give_back` or `discard`."""

    def __init__(self, settings: BrowserSettings, gate: Gate) -> None:
        self.settings = settings
        self._gate = gate
        self._path = find_browser(settings.chromium)
        self._driver = Driver()
        self._launched: Launched[Browser] | None = None
        self._runs = 0
        self._next: asyncio.Task[Prepared] | None = None

    async def __aenter__(self) -> Self:
        self._prepare_ahead()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.gather(self._next, return_exceptions=True)
        await self._close_browser()
        await self._driver.stop()

    async def take(self) -> Prepared:
        """A page to run on, usually ready already. Raises BrowserLostError."""
        preparing, self._next = self._next, None
        try:
            prepared = _alive(await preparing if preparing else await self._prepare())
        except BrowserLostError as error:
            # Once more from the beginning: it may have died while nobody needed it.
            logger.warning("browser.replaced", reason=str(error))
            self._kill()
            return await self._prepare()
        self._runs += 1
        return prepared

    def give_back(self, used: Prepared) -> None:
        """The run is over: tidies up and prepares the next page behind the caller's back."""
        self._prepare_ahead(used)

    def discard(self) -> None:
        """Ends the browser at once, with all its processes, and begins to launch another."""
        self._kill()
        self._prepare_ahead()

    # -- behind the scenes --------------------------------------------------------------------

    def _prepare_ahead(self, used: Prepared | None = None) -> None:
        if self._next is not None:
            self._next.cancel()  # Or there would be two browsers, of which one is forgotten.
        self._next = asyncio.create_task(self._renew(used))
        # Whoever takes it hears of the failure; nobody else needs to.
        self._next.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _renew(self, used: Prepared | None) -> Prepared:
        if used is not None:
            await self._close_context(used)
        if self._runs >= self.settings.runs_per_browser:
            self._recycled("worn")
            await self._close_browser()
        return await self._prepare()

    async def _prepare(self) -> Prepared:
        try:
            launched = await self._ensure_launched()
            async with asyncio.timeout(_ANSWER_TIMEOUT * 3):
                context = await launched.opened.new_context(accept_downloads=True)
                watch = PageWatch(context, launched.downloads)
                return Prepared(context, await context.new_page(), watch)
        except TimeoutError as error:
            self._kill()
            raise BrowserLostError("the browser does not answer") from error
        except Exception as error:
            # Playwright raises a bare Exception when its driver does not start.
            self._kill()
            raise BrowserLostError(str(error).partition("\n")[0]) from error

    async def _ensure_launched(self) -> Launched[Browser]:
        if self._launched is not None and not self._launched.opened.is_connected():
            self._kill()
        if self._launched is None:
            self._launched = await launch(self.settings.owner, self._launch_browser)
            self._runs = 0
        return self._launched

    async def _launch_browser(self, token: str, folder: Path) -> Browser:
        playwright = await self._driver.playwright()
        browser = await playwright.chromium.launch(
            executable_path=self._path,
            args=[*ARGUMENTS, *self._gate.flags()],
            chromium_sandbox=sandboxed(),
            env=environment(token),
            downloads_path=folder / "downloads",
            traces_dir=folder / "traces",
            timeout=LAUNCH_TIMEOUT * 1000,
        )
        await forbid_files(browser)
        return browser

    async def _close_context(self, used: Prepared) -> None:
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await used.context.close()
        except (Error, TimeoutError):
            self._kill()
        if self._launched is not None:
            # Playwright leaves what a trace recorded when it is not asked for it.
            await asyncio.to_thread(self._launched.empty_traces)

    async def _close_browser(self) -> None:
        launched, self._launched = self._launched, None
        if launched is None:
            return
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await launched.opened.close()
        launched.end()

    def _kill(self) -> None:
        launched, self._launched = self._launched, None
        if launched is not None:
            self._recycled("misbehaved")
            launched.end()
            self._driver.give_up(launched.processes)

    def _recycled(self, why: str) -> None:
        BROWSER_RECYCLES.labels(self.settings.owner, why).inc()


def _alive(prepared: Prepared) -> Prepared:
    if not prepared.connected:
        raise BrowserLostError("the browser is gone")
    return prepared
