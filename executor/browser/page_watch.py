"""Watching what a page does by itself: dialogs, popups, downloads, console, requests."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from playwright.async_api import Error

from domain.steps import DialogAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import (
        BrowserContext,
        ConsoleMessage,
        Dialog,
        Download,
        Page,
        Request,
        Response,
    )

Answer = DialogAnswer | Literal["accept", "dismiss"]

MOST_PAGES = 5
MOST_LINES = 2_000
LONGEST_LINE = 2_000
LARGEST_DOWNLOAD = 50_000_000
_LOOK_EVERY = 0.1
_HTTP_ERROR = 400


class PageWatch:
    """Keeps a context within bounds, and a log of what its pages say and do."""

    def __init__(self, context: BrowserContext, downloads: Path) -> None:
        self._downloads = downloads
        self.notes: list[str] = []
        self.crashed = False
        self._lines: list[str] = []
        self._answers: list[Answer] = []
        self._popups = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        context.on("page", self._on_page)
        context.on("dialog", self._on_dialog)
        context.on("console", self._on_console)
        context.on("requestfailed", self._on_request_failed)
        context.on("response", self._on_response)
        context.on("weberror", lambda error: self._log("page error", str(error.error)))

    def answer_next_dialog(self, answer: Answer) -> None:
        """Says what to do with the next dialog, instead of dismissing it."""
        self._answers.append(answer)

    def console(self) -> str:
        """The log so far, a line an entry."""
        return "".join(f"{line}\n" for line in self._lines)

    # -- what happens -------------------------------------------------------------------------

    def _on_page(self, page: Page) -> None:
        page.on("crash", self._on_crash)
        page.on("download", self._on_download)
        if len(page.context.pages) > MOST_PAGES:
            self._popups += 1
            if self._popups == 1:
                self._note(
                    f"the page opened more than {MOST_PAGES} windows; further ones are closed"
                )
            self._later(page.close())

    def _on_crash(self, page: Page) -> None:
        self.crashed = True
        self._note(f"the page {page.url} crashed")

    def _on_dialog(self, dialog: Dialog) -> None:
        if self._answers:
            answer = self._answers.pop(0)
            self._log("dialog", f"{dialog.type} {dialog.message!r} answered with: {answer}")
            self._later(_answer(dialog, answer))
            return
        self._note(f"a {dialog.type} dialog nobody answers was dismissed: {dialog.message[:200]!r}")
        self._later(dialog.dismiss())

    def _on_download(self, download: Download) -> None:
        self._log("download", f"{download.suggested_filename} from {download.url}")
        self._later(self._bound(download))

    async def _bound(self, download: Download) -> None:
        """Cancels a download that grows too large; Playwright tells nothing of its progress."""
        finished = asyncio.ensure_future(download.failure())
        while not finished.done():
            if _size(self._downloads) > LARGEST_DOWNLOAD:
                self._note(
                    f"the download of {download.url[:300]} was cancelled:"
                    f" it is larger than {LARGEST_DOWNLOAD:,} bytes"
                )
                await download.cancel()
            await asyncio.wait({finished}, timeout=_LOOK_EVERY)

    def _on_console(self, message: ConsoleMessage) -> None:
        self._log(message.type, message.text)

    def _on_request_failed(self, request: Request) -> None:
        self._log("request failed", f"{request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= _HTTP_ERROR:
            self._log("response", f"{response.status} {response.request.method} {response.url}")

    # -- keeping ------------------------------------------------------------------------------

    def _note(self, text: str) -> None:
        self.notes.append(text)
        self._log("proctor", text)

    def _log(self, kind: str, text: str) -> None:
        if len(self._lines) < MOST_LINES:
            self._lines.append(f"[{kind}] {text[:LONGEST_LINE]}")
        elif len(self._lines) == MOST_LINES:
            self._lines.append(f"[proctor] cut here: more than {MOST_LINES} lines")

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _answer(dialog: Dialog, answer: Answer) -> None:
    if answer == "dismiss":
        await dialog.dismiss()
    else:
        await dialog.accept(answer.accept if isinstance(answer, DialogAnswer) else None)


async def _quietly(work: Any) -> None:
    with suppress(Error):  # The page may be gone by now.
        await work


def _size(folder: Path) -> int:
    total = 0
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            total += file.stat().st_size
    return total
