"""Keeping steps in words on the hosts of their test, whatever a page says to the model."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Error

from domain.addresses import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.async_api import CDPSession, Page

    from domain.allowed_hosts import AllowedHosts
    from executor.browser.prepared import Prepared
    from executor.browser.variables import Variables

_PORTS = {"http": 80, "https": 443}
_DOCUMENTS = {"patterns": [{"urlPattern": "http*", "resourceType": "Document"}]}


class OtherHostError(Exception):
    """A step in words was about to take the page to a host that the test does not name."""


class Guard:
    """Refuses to leave for other hosts while a step in words is under way.

    A page is data: should it talk a model into pressing a link to somewhere else, the browser does
    not follow. Exact steps go where they lead, and frames within a page may be anybody's.
    """

    def __init__(self, named: Iterable[str], allowed: AllowedHosts) -> None:
        self._named = frozenset(named)
        self._allowed = allowed
        self._on_duty = False
        self._refused: list[str] = []
        self._browser: CDPSession | None = None

    async def take_post(self, prepared: Prepared) -> None:
        """Stands at every document that the browser asks for, in popups too, and at nothing else:
        pausing every request would cost each of them."""
        browser = prepared.context.browser
        if browser is not None:
            self._browser = await browser.new_browser_cdp_session()
            self._browser.on("Fetch.requestPaused", self._judge)
            await self._browser.send("Fetch.enable", _DOCUMENTS)

    async def leave_post(self) -> None:
        """Its run is over; the browser may be gone."""
        browser, self._browser = self._browser, None
        if browser is not None:
            with suppress(Error):
                await browser.detach()

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """While a step in words is under way."""
        self._on_duty, self._refused = True, []
        try:
            yield
        finally:
            self._on_duty = False

    async def check(self, page: Page) -> None:
        """After a step: raises OtherHostError if it wanted to leave."""
        # What a press sets off is asked for at once, but told of a moment later. A page that leaves
        # while it is asked has been told of.
        with suppress(Error):
            await page.evaluate("0")
        if self._refused:
            hosts = ", ".join([*sorted(self._named), *self._allowed.texts]) or "none"
            raise OtherHostError(
                f"the step would have left the test's hosts ({hosts}) for {self._refused[0][:300]}:"
                " name the host in a goto or in allowed_hosts if that is meant"
            )

    async def _judge(self, paused: dict[str, Any]) -> None:
        if self._browser is None:
            return
        request = {"requestId": paused["requestId"]}
        url = paused["request"]["url"]
        with suppress(Error):  # The page, or the browser, may be gone by now.
            if self._leaves(url) and await self._is_page(paused["frameId"]):
                self._refused.append(url)
                refusal = {**request, "errorReason": "BlockedByClient"}
                await self._browser.send("Fetch.failRequest", refusal)
            else:
                await self._browser.send("Fetch.continueRequest", request)

    def _leaves(self, url: str) -> bool:
        if not self._on_duty or _host(url) in self._named:
            return False
        parts = urlsplit(url)
        try:
            asked = Asked.of(parts.hostname or "", parts.port or _PORTS[parts.scheme])
        except ValueError:
            return True
        return not self._allowed.may_allow(asked)

    async def _is_page(self, frame: str) -> bool:
        """A page's own frame has the id of its target; frames within a page have not."""
        if self._browser is None:
            return False
        targets = (await self._browser.send("Target.getTargets"))["targetInfos"]
        return any(target["targetId"] == frame for target in targets if target["type"] == "page")


def named_hosts(base_url: str | None, goto: Iterable[str], variables: Variables) -> set[str]:
    """The hosts, with their ports, that a test names: by its base URL, and by where its exact steps
    go. What was read from a page names none."""
    urls = [urljoin(base_url or "", variables.fill_text(text)) for text in goto]
    hosts = {_host(url) for url in [base_url or "", *urls]}
    return {host for host in hosts if host}


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
