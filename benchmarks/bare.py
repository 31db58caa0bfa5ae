"""The floor: the same steps in a bare Playwright loop, five browsers, no queue, log or trace."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.async_api import Browser, BrowserType, Error, async_playwright

from benchmarks.workload import named
from executor.browser.actions import Stage, act
from executor.browser.expectations import ExpectationError
from executor.browser.finding import find_browser
from executor.browser.launch import ARGUMENTS
from executor.browser.page_watch import PageWatch
from executor.browser.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.definition import Definition

BROWSERS = 5
_STEP_TIMEOUT = 10.0


async def serve(drivers: int) -> None:
    """Does what each line of the standard input says, and answers with runs a second."""
    async with AsyncExitStack() as running:
        chromiums = [
            (await running.enter_async_context(async_playwright())).chromium for _ in range(drivers)
        ]
        browsers = [await _launched(chromiums[n % drivers]) for n in range(BROWSERS)]
        while line := await asyncio.to_thread(sys.stdin.readline):
            what, shop, count = json.loads(line)
            definitions = named(what, shop, count)
            print(len(definitions) / await seconds(browsers, definitions), flush=True)
        for browser in browsers:
            await browser.close()


async def seconds(browsers: list[Browser], definitions: list[Definition]) -> float:
    """How long the browsers take for the definitions."""
    await asyncio.gather(*(_run(browser, definitions[0]) for browser in browsers))  # warm
    started = time.perf_counter()
    left = iter(definitions)
    await asyncio.gather(*(_work(browser, left) for browser in browsers))
    return time.perf_counter() - started


async def _launched(chromium: BrowserType) -> Browser:
    return await chromium.launch(executable_path=find_browser(None), args=list(ARGUMENTS))


async def _work(browser: Browser, left: Iterator[Definition]) -> None:
    for definition in left:
        limit = definition.timeout or 60
        with suppress(TimeoutError, Error, ExpectationError):
            async with asyncio.timeout(limit):
                await _run(browser, definition)


async def _run(browser: Browser, definition: Definition) -> None:
    with TemporaryDirectory() as downloads:
        context = await browser.new_context()
        try:
            watch = PageWatch(context, Path(downloads))
            stage = Stage(await context.new_page(), watch, definition.base_url)
            variables = Variables({**definition.variables, "run_id": "bare"}, {})
            for step in definition.steps:
                await act(stage, variables.fill_in(step), step.timeout or _STEP_TIMEOUT)
        finally:
            with suppress(TimeoutError, Error):
                async with asyncio.timeout(1):
                    await context.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
