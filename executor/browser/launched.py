"""A browser that was launched: its processes and its folder, to be ended together."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar
from uuid import uuid4

import structlog

from executor.browser.launch import mark
from executor.browser.processes import BrowserProcesses, kill_marked
from runtime.metrics import BROWSER_LAUNCH_SECONDS, BROWSER_LAUNCHES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

logger = structlog.get_logger()

_STRAYS_AFTER = 0.5
"""Seconds after a browser's end in which a process that was being forked then has come to light."""


_abandoned: set[asyncio.Task[None]] = set()
"""Launches that nobody waits for any more; the end of their event loop ends them too."""


class Opened(Protocol):
    """A browser or a context of Playwright's, which tells of its end."""

    def on(self, event: Any, f: Any) -> None:
        """Has `f` called at an event."""


T = TypeVar("T", bound=Opened)

LAUNCH_TIMEOUT = 12.0
"""Seconds; a launch takes one, three on a busy machine. Playwright waits to the end for one whose
processes were killed in its middle."""


class BrowserLostError(Exception):
    """The browser could not be launched, or is gone."""


@dataclass(frozen=True, slots=True)
class Launched(Generic[T]):
    """A running browser; `opened` is what Playwright gave for it."""

    opened: T
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

    @property
    def profile(self) -> Path:
        """Where a browser that is given a profile keeps it."""
        return self.folder / "profile"

    def empty_traces(self) -> None:
        """Takes away what traces have left; makes nothing, for it may have been ended meanwhile."""
        for left in self.traces.glob("*"):
            shutil.rmtree(left, ignore_errors=True)
            with suppress(OSError):
                left.unlink()

    def end(self) -> None:
        """Kills it, with all that it has started and written."""
        if self.processes is not None:
            self.processes.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


async def launch(
    owner: str,
    start: Callable[[str, Path], Awaitable[T]],
    end: Literal["disconnected", "close"] = "disconnected",
) -> Launched[T]:
    """Has `start` launch a browser that bears the token it is given, with files in the folder it is
    given; `end` is the event by which it tells that it is gone. Raises whatever `start` raises,
    TimeoutError after `LAUNCH_TIMEOUT`; what there is by then is ended behind the caller's back.
    """
    token = f"{owner}:{uuid4().hex}"
    started = time.monotonic()
    folder = Path(mkdtemp(prefix="browser-"))
    for name in ("downloads", "traces", "profile"):
        (folder / name).mkdir()
    opening = asyncio.ensure_future(start(token, folder))
    try:
        async with asyncio.timeout(LAUNCH_TIMEOUT):
            opened = await asyncio.shield(opening)
    except BaseException:
        abandoned = asyncio.create_task(_give_up(opening, mark(token), folder))
        _abandoned.add(abandoned)
        abandoned.add_done_callback(_abandoned.discard)
        raise
    processes = await asyncio.to_thread(BrowserProcesses.of, mark(token))
    if processes is not None:
        opened.on(end, lambda _: _end_strays(processes))
    seconds = time.monotonic() - started
    BROWSER_LAUNCHES.labels(owner).inc()
    BROWSER_LAUNCH_SECONDS.observe(seconds)
    logger.debug("browser.launched", seconds=round(seconds, 2))
    return Launched(opened, processes, folder)


async def _give_up(opening: asyncio.Future[T], marked: str, folder: Path) -> None:
    """Playwright's driver does not hear that nobody waits any more, and launches all the same: so
    that is waited for, and made short."""
    try:
        await asyncio.to_thread(kill_marked, marked)
        await asyncio.wait({opening}, timeout=LAUNCH_TIMEOUT)
    finally:
        opening.cancel()
        opening.add_done_callback(lambda done: done.cancelled() or done.exception())
        kill_marked(marked)
        shutil.rmtree(folder, ignore_errors=True)


def _end_strays(processes: BrowserProcesses) -> None:
    """However a browser ended, and whether anybody needs it or not, none of its processes stays."""
    loop = asyncio.get_running_loop()
    loop.call_later(_STRAYS_AFTER, loop.run_in_executor, None, processes.kill)
