"""The floor: the same steps in a bare Playwright loop, five browsers, no queue, no log."""

from __future__ import annotations

import asyncio
import sys
import time

from playwright.async_api import Browser, async_playwright, expect

from executor.browser.finding import find_browser
from executor.browser.launch import ARGUMENTS

BROWSERS = 5


def runs_per_second(shop: str, runs: int) -> float:
    """How many runs of `benchmarks.workload.STEPS` a second the loop does."""
    return asyncio.run(_measure(shop, runs))


async def _measure(shop: str, runs: int) -> float:
    path = find_browser(None)
    async with async_playwright() as playwright:
        browsers = [
            await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
            for _ in range(BROWSERS)
        ]
        left = iter(range(runs))
        await asyncio.gather(*(_run(browser, shop) for browser in browsers))  # warm
        started = time.perf_counter()
        await asyncio.gather(*(_work(browser, shop, left) for browser in browsers))
        seconds = time.perf_counter() - started
        for browser in browsers:
            await browser.close()
    return runs / seconds


async def _work(browser: Browser, shop: str, left: object) -> None:
    for _ in left:  # type: ignore[attr-defined]
        await _run(browser, shop)


async def _run(browser: Browser, shop: str) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{shop}/")
    await page.get_by_label("Name").fill("Ann")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.locator("body")).to_contain_text("Thank you, Ann")
    await context.close()


if __name__ == "__main__":
    print(runs_per_second(sys.argv[1], int(sys.argv[2])))
