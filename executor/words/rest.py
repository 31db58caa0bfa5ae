"""Whether a page has come to rest: what is asked about it should be true of what follows."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from playwright.async_api import Error

if TYPE_CHECKING:
    from playwright.async_api import Page

_QUIET_MS = 150
_LONGEST = 3.0
_AWAITED = {"document", "fetch", "xhr", "script"}
"""What a page changes for when it comes. Pictures and streams may take as long as they like."""

_QUIET = """(quiet) => new Promise((resolve) => {
  let timer = setTimeout(done, quiet);
  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(done, quiet);
  });
  function done() { observer.disconnect(); resolve(); }
  observer.observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
})"""


async def waits(page: Page) -> bool:
    """Whether the page waits for an answer. Asked for when it matters: to be told of every request
    would cost every run."""
    return any(
        request.resource_type in _AWAITED
        and request.timing["responseEnd"] < 0
        and request.failure is None
        for request in await page.requests()
    )


async def come_to_rest(page: Page, longest: float = _LONGEST) -> None:
    """Returns when the page is loaded, waits for nothing and has not changed for a moment; after
    `longest` seconds in any case: many pages never rest."""
    deadline = time.monotonic() + longest
    try:
        async with asyncio.timeout(longest):
            # A navigation under way ends what is evaluated: then the next page has to rest.
            while not await _still(page) or await waits(page):
                await page.wait_for_timeout(_QUIET_MS)
    except TimeoutError:
        if time.monotonic() < deadline:
            raise


async def _still(page: Page) -> bool:
    try:
        await page.wait_for_load_state("load")
        await page.evaluate(_QUIET, _QUIET_MS)
    except Error:
        return page.is_closed()
    return True
