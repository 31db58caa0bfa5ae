"""Full Chromium with Stagehand in it, a fresh one for every run with steps in words."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from executor.browser.driver import Driver
from executor.browser.finding import find_chromium
from executor.browser.launch import ARGUMENTS, environment, sandboxed
from executor.browser.launched import LAUNCH_TIMEOUT, BrowserLostError, Launched, launch
from executor.browser.page_watch import PageWatch
from executor.browser.prepared import Prepared
from executor.gate.files import forbid_files
from runtime.waiting import unless

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType, TracebackType
    from typing import Self

    from playwright.async_api import BrowserContext

    from executor.browser.settings import BrowserSettings
    from executor.gate.gate import Gate
    from executor.words.session import Session

logger = structlog.get_logger()

_ARGUMENTS = (
    *ARGUMENTS,
    "--remote-debugging-port=0",
    "--enable-unsafe-extension-debugging",
)
_JOIN_TIMEOUT = 30.0
_KEPT_AHEAD = 300.0
"""Seconds that a browser waits for the next run in words before it is given up."""


@dataclass(frozen=True, slots=True)
class Understood(Prepared):
    """A page in a browser that Stagehand has joined."""

    session: Session


@dataclass(frozen=True, slots=True)
class _Ready:
    launched: Launched[BrowserContext]
    page: Understood


class Chromiums:
    """The browsers for runs in words of one executor: one run at a time, each in its own.

    Nothing is launched until the first such run; from then on the next one is launched ahead.
    Stagehand hangs on pages of contexts that Playwright made, so a run has the browser's own
    context, and the browser goes with it.
    """

    def __init__(self, settings: BrowserSettings, gate: Gate) -> None:
        self._settings = settings
        self._gate = gate
        self._driver = Driver()
        self._ahead: asyncio.Task[_Ready] | None = None
        self._giving_up: asyncio.TimerHandle | None = None
        self._in_hand: Launched[BrowserContext] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()
        self._give_up_ahead()
        await asyncio.gather(*self._ending)
        await self._driver.stop()

    @property
    def ready(self) -> bool:
        """Whether the next one has been launched already."""
        return self._ahead is not None and self._ahead.done()

    async def take(self) -> Understood:
        """A page to run on. Raises BrowserLostError, and BrowserMissingError."""
        find_chromium(self._settings.chromium)
        try:
            ready = await self._taken()
        except BrowserLostError as error:
            logger.warning("browser.replaced", reason=str(error))
            ready = await self._prepare()
        self._in_hand = ready.launched
        self._launch_ahead()
        return ready.page

    def give_back(self, used: Prepared) -> None:  # noqa: ARG002 - it is the one in hand
        """The run is over, and its browser with it."""
        self.discard()

    def discard(self) -> None:
        """Ends the browser in hand at once."""
        launched, self._in_hand = self._in_hand, None
        if launched is not None:
            launched.end()

    # -- behind the scenes --------------------------------------------------------------------

    async def _taken(self) -> _Ready:
        ahead, self._ahead = self._ahead, None
        if self._giving_up is not None:
            self._giving_up.cancel()
        if ahead is None:
            return await self._prepare()
        ready = await ahead
        if not ready.page.connected:
            ready.launched.end()
            raise BrowserLostError("the browser that was launched ahead is gone")
        return ready

    def _launch_ahead(self) -> None:
        self._ahead = asyncio.create_task(self._prepare())
        # Whoever takes it hears of the failure; nobody else needs to.
        self._ahead.add_done_callback(lambda task: task.cancelled() or task.exception())
        loop = asyncio.get_running_loop()
        self._giving_up = loop.call_later(_KEPT_AHEAD, self._give_up_ahead)

    def _give_up_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if self._giving_up is not None:
            self._giving_up.cancel()
        if ahead is not None:
            ending = asyncio.create_task(_end(ahead))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def _prepare(self) -> _Ready:
        side_door = f"{uuid4().hex}.localhost"
        start = partial(self._launch_chromium, side_door)
        try:
            launched = await launch(self._settings.owner, start, "close")
        except Exception as error:
            # Playwright raises a bare Exception when its driver does not start.
            self._driver.give_up(None)
            raise BrowserLostError(str(error).partition("\n")[0]) from error
        try:
            return _Ready(launched, await _joined(launched, side_door))
        except BaseException as error:
            launched.end()
            if isinstance(error, asyncio.CancelledError):
                raise
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise BrowserLostError(f"Stagehand could not join the browser: {reason}") from error

    async def _launch_chromium(self, side_door: str, token: str, folder: Path) -> BrowserContext:
        playwright = await self._driver.playwright()
        context = await playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=find_chromium(self._settings.chromium),
            args=[
                *_ARGUMENTS,
                f"--remote-allow-origins={_stagehand().extension_origin()}",
                *self._gate.flags(side_door),
            ],
            ignore_default_args=["--disable-extensions"],
            chromium_sandbox=sandboxed(),
            env=environment(token),
            downloads_path=folder / "downloads",
            traces_dir=folder / "traces",
            timeout=LAUNCH_TIMEOUT * 1000,
        )
        if context.browser is not None:
            await forbid_files(context.browser)
        return context


async def _joined(launched: Launched[BrowserContext], side_door: str) -> Understood:
    context = launched.opened
    port, path = (launched.profile / "DevToolsActivePort").read_text().split()
    # A browser that dies meanwhile would be waited for to the end: Stagehand is not told.
    gone = asyncio.Event()
    context.on("close", lambda _: gone.set())
    if context.browser is None or not context.browser.is_connected():
        gone.set()  # It was gone before anybody listened.
    async with asyncio.timeout(_JOIN_TIMEOUT):
        session = await unless(
            _stagehand().Session.open(
                f"ws://127.0.0.1:{port}{path}", from_within=f"ws://{side_door}:{port}{path}"
            ),
            gone,
        )
    if session is None:
        raise BrowserLostError("the browser died")
    page = context.pages[0] if context.pages else await context.new_page()
    watch = PageWatch(context, launched.downloads)
    return Understood(context, page, watch, session)


def _stagehand() -> ModuleType:
    """What joins browsers: loaded with the first run in words, a quarter of an executor's start."""
    return import_module("executor.words.session")


async def _end(ahead: asyncio.Task[_Ready]) -> None:
    """Ends a browser that nobody took, launched already or still on its way."""
    ahead.cancel()
    with suppress(asyncio.CancelledError, BrowserLostError):
        (await ahead).launched.end()
