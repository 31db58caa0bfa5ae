"""One executor's browser: kept warm, with the next page ready, and replaced when it misbehaves."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from playwright.async_api import Error, async_playwright

from executor.browser.finding import find_browser
from executor.browser.launch import ARGUMENTS, environment, mark, sandboxed
from executor.browser.page_watch import PageWatch
from executor.browser.processes import BrowserProcesses
from runtime.metrics import BROWSER_LAUNCH_SECONDS, BROWSER_LAUNCHES, BROWSER_RECYCLES

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from playwright.async_api import Browser, BrowserContext, Page, Playwright

    from executor.browser.settings import BrowserSettings

logger = structlog.get_logger()

_LAUNCH_TIMEOUT = 30.0
_ANSWER_TIMEOUT = 3.0
"""Seconds in which a browser or driver that is well does what takes it milliseconds."""


class BrowserLostError(Exception):
    """The browser could not be launched, or is gone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fresh context with an empty page; nothing of an earlier run is in it."""

    context: BrowserContext
    page: Page
    watch: PageWatch


@dataclass(frozen=True, slots=True)
class Launched:
    """A running browser."""

    browser: Browser
    processes: BrowserProcesses | None
    folder: Path

    @property
    def downloads(self) -> Path:
        """Where files that pages offer land."""
        return self.folder / "downloads"

    @property
    def traces(self) -> Path:
        """Where a trace is written while it is recorded."""
        return self.folder / "traces"


class Browsers:
    """The browser of one executor. One run at a time: `take`, then `give_back` or `discard`."""

    def __init__(self, settings: BrowserSettings) -> None:
        self.settings = settings
        self._path = find_browser(settings.chromium)
        self._playwright: Playwright | None = None
        self._launched: Launched | None = None
        self._runs = 0
        self._next: asyncio.Task[Prepared] | None = None
        self._stopping: set[asyncio.Task[None]] = set()

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
        await self._stop_driver()

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
                context = await launched.browser.new_context(accept_downloads=True)
                watch = PageWatch(context, launched.downloads)
                return Prepared(context, await context.new_page(), watch)
        except TimeoutError as error:
            self._kill()
            raise BrowserLostError("the browser does not answer") from error
        except Exception as error:
            # Playwright raises a bare Exception when its driver does not start.
            self._kill()
            raise BrowserLostError(str(error).partition("\n")[0]) from error

    async def _ensure_launched(self) -> Launched:
        if self._launched is not None and not self._launched.browser.is_connected():
            self._kill()
        if self._launched is None:
            self._launched = await self._launch()
            self._runs = 0
        return self._launched

    async def _launch(self) -> Launched:
        token = f"{self.settings.owner}:{uuid4().hex}"
        started = time.monotonic()
        folder = _folder()
        try:
            browser = await self._launch_browser(token, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        processes = await asyncio.to_thread(BrowserProcesses.of, mark(token))
        seconds = time.monotonic() - started
        BROWSER_LAUNCHES.labels(self.settings.owner).inc()
        BROWSER_LAUNCH_SECONDS.observe(seconds)
        logger.debug("browser.launched", seconds=round(seconds, 2))
        return Launched(browser, processes, folder)

    async def _launch_browser(self, token: str, folder: Path) -> Browser:
        async with asyncio.timeout(_LAUNCH_TIMEOUT):
            playwright = await self._driver()
            return await playwright.chromium.launch(
                executable_path=self._path,
                args=list(ARGUMENTS),
                chromium_sandbox=sandboxed(),
                env=environment(token),
                downloads_path=folder / "downloads",
                traces_dir=folder / "traces",
                timeout=_LAUNCH_TIMEOUT * 1000,
            )

    async def _driver(self) -> Playwright:
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        return self._playwright

    async def _close_context(self, used: Prepared) -> None:
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await used.context.close()
        except (Error, TimeoutError):
            self._kill()
        if self._launched is not None:
            # Playwright leaves what a trace recorded when it is not asked for it.
            await asyncio.to_thread(_empty, self._launched.traces)

    async def _close_browser(self) -> None:
        launched, self._launched = self._launched, None
        if launched is None:
            return
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await launched.browser.close()
        self._end(launched)

    def _kill(self) -> None:
        launched, self._launched = self._launched, None
        if launched is not None:
            self._recycled("misbehaved")
            self._end(launched)
            self._playwright_in_doubt(launched)

    def _recycled(self, why: str) -> None:
        BROWSER_RECYCLES.labels(self.settings.owner, why).inc()

    def _end(self, launched: Launched) -> None:
        if launched.processes is not None:
            launched.processes.kill()
        shutil.rmtree(launched.folder, ignore_errors=True)

    def _playwright_in_doubt(self, launched: Launched) -> None:
        """A driver that may hang is not asked whether it does: the next browser gets a new one."""
        driver, self._playwright = self._playwright, None
        if launched.processes is not None:
            launched.processes.kill_driver()
        if driver is not None:
            stopping = asyncio.create_task(_quietly_stop(driver))
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)

    async def _stop_driver(self) -> None:
        driver, self._playwright = self._playwright, None
        if driver is not None:
            await _quietly_stop(driver)
        await asyncio.gather(*self._stopping)


def _folder() -> Path:
    folder = Path(mkdtemp(prefix="browser-"))
    (folder / "downloads").mkdir()
    (folder / "traces").mkdir()
    return folder


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _alive(prepared: Prepared) -> Prepared:
    browser = prepared.context.browser
    if browser is None or not browser.is_connected():
        raise BrowserLostError("the browser is gone")
    return prepared


async def _quietly_stop(driver: Playwright) -> None:
    with suppress(Exception):
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            await driver.stop()
