"""Sites on loopback that note whoever comes, and a browser that reaches them through a gate."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from domain.allowed_hosts import AllowedHosts
from executor.browser.finding import find_browser
from executor.browser.launch import ARGUMENTS, sandboxed
from executor.gate.files import forbid_files
from executor.gate.gate import Gate
from executor.gate.policy import Policy
from tests.executor.stage import browser_or_skip
from tests.gate.dialling import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
    from pathlib import Path
    from typing import Any

    from playwright.async_api import Browser, Page

    from executor.gate.passage import Passage


class Site:
    """Serves `pages` by path, one that is a URL as a redirect; `visits` are all connections."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.visits: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append("")
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        self.visits[-1] = path
        page = self.pages.get(path, "")
        if page.startswith(("http:", "file:")):
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {page}\r\n".encode())
            page = ""
        else:
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n".encode())
        writer.write(f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n{page}".encode())
        await writer.drain()


class Town:
    """A gate, a browser behind it, a site that is allowed and one that is not."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.shop, self.evil = Site(), Site()
        self._open = AsyncExitStack()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.runner.run(work)

    async def start(self) -> None:
        self.shop_port = await self._open.enter_async_context(serving(self.shop.serve))
        self.evil_port = await self._open.enter_async_context(serving(self.evil.serve))
        self.gate = await self._open.enter_async_context(Gate())
        self.browser = await self._open.enter_async_context(launched(*self.gate.flags()))
        await forbid_files(self.browser)

    async def stop(self) -> None:
        await self._open.aclose()

    def forget(self) -> None:
        """Nothing has happened yet."""
        for site in (self.shop, self.evil):
            site.pages.clear()
            site.visits.clear()

    @property
    def shop_url(self) -> str:
        return f"http://127.0.0.1:{self.shop_port}"

    @property
    def evil_host(self) -> str:
        return f"127.0.0.1:{self.evil_port}"

    @asynccontextmanager
    async def visit(self, *allowed: str) -> AsyncIterator[tuple[Page, Passage]]:
        """A page at the shop, in a run that may go there and to what else is `allowed`."""
        hosts = AllowedHosts.parse([f"127.0.0.1:{self.shop_port}", *allowed])
        context = await self.browser.new_context()
        try:
            with self.gate.open(Policy((hosts,))) as passage:
                page = await context.new_page()
                await page.goto(self.shop_url)
                yield page, passage
        finally:
            await context.close()


@asynccontextmanager
async def launched(
    *flags: str, find: Callable[[None], Path] = find_browser
) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find(None),
            args=[*ARGUMENTS, *flags],
            chromium_sandbox=sandboxed(),
        )
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture(scope="module")
def town_of_module() -> Iterator[Town]:
    browser_or_skip()
    town = Town()
    with town.runner:
        town.run(town.start())
        yield town
        town.run(town.stop())


@pytest.fixture
def town(town_of_module: Town) -> Town:
    town_of_module.forget()
    return town_of_module
