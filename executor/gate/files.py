"""No page opens a file of the machine: `file:` goes through no proxy, so no gate can refuse it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

if TYPE_CHECKING:
    from playwright.async_api import Browser


async def forbid_files(browser: Browser) -> None:
    """From now on no page of `browser` opens a `file:` URL: that fails with `ERR_ACCESS_DENIED`.

    To be called before the first page. It holds for every context, page, frame and popup to come:
    it is the browser that is asked, once, and nothing else is paused. Raises Playwright's Error if
    the browser is gone.
    """
    session = await browser.new_browser_cdp_session()

    async def deny(paused: dict[str, Any]) -> None:
        with suppress(Error):  # The page, or the browser, may be gone by now.
            denied = {"requestId": paused["requestId"], "errorReason": "AccessDenied"}
            await session.send("Fetch.failRequest", denied)

    session.on("Fetch.requestPaused", deny)
    await session.send("Fetch.enable", {"patterns": [{"urlPattern": "file://*"}]})
