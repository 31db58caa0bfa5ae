"""Whether a page has come to rest: what is asked about it should be true of what follows."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from playwright.async_api import Error

if TYPE_CHECKING:
    from playwright.async_api import Page, Request

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


class Rest:
    """Listens to what a page waits for, from the moment it is made."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._awaited: set[Request] = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    @property
    def waiting(self) -> bool:
        """Whether the page still waits for an answer."""
        return bool(self._awaited)

    async def come(self, longest: float = _LONGEST) -> None:
        """Returns when the page is loaded, waits for nothing and has not changed for a moment;
        after `longest` seconds in any case: many pages never rest."""
        deadline = time.monotonic() + longest
        try:
            async with asyncio.timeout(longest):
                # A navigation under way ends what is evaluated: then the next page has to rest.
                while not await self._still() or self.waiting:
                    await self._page.wait_for_timeout(_QUIET_MS)
        except TimeoutError:
            if time.monotonic() < deadline:
                raise

    def _asked(self, request: Request) -> None:
        if request.resource_type in _AWAITED:
            self._awaited.add(request)

    def _answered(self, request: Request) -> None:
        self._awaited.discard(request)

    async def _still(self) -> bool:
        try:
            await self._page.wait_for_load_state("load")
            await self._page.evaluate(_QUIET, _QUIET_MS)
        except Error:
            return self._page.is_closed()
        return True
