"""Keeping steps in words on the hosts of their test, whatever a page says to the model."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.async_api import BrowserContext, Page, Route

    from executor.browser.variables import Variables


class OtherHostError(Exception):
    """A step in words was about to take the page to a host that the test does not name."""


class Guard:
    """Refuses navigations to other hosts while a step in words is under way.

    A page is data: should it talk a model into pressing a link to somewhere else, the browser does
    not follow. Exact steps go where they lead.
    """

    def __init__(self, named: Iterable[str]) -> None:
        self._named = frozenset(named)
        self._on_duty = False
        self.refused: list[str] = []
        """The addresses refused since this was emptied."""

    async def watch(self, context: BrowserContext) -> None:
        """Stands at every page of the context, popups included."""
        hosts = "|".join(re.escape(host) for host in sorted(self._named))
        # Requests to the test's own hosts are not even asked about.
        others = re.compile(rf"^https?://(?!(?:{hosts})(?:[/?#]|$))" if hosts else r"^https?://")
        await context.route(others, self._judge)

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """While a step in words is under way."""
        self._on_duty, self.refused = True, []
        try:
            yield
        finally:
            self._on_duty = False

    async def check(self, page: Page) -> None:
        """After a step: raises OtherHostError if it wanted to leave."""
        if self._on_duty:
            # What a press sets off is asked for at once, but told of a moment later.
            await page.evaluate("0")
        if self.refused:
            hosts = ", ".join(sorted(self._named)) or "none"
            raise OtherHostError(
                f"the step would have left the test's hosts ({hosts}) for {self.refused[0][:300]}:"
                " name the host in a goto or in allowed_hosts if that is meant"
            )

    async def _judge(self, route: Route) -> None:
        if self._on_duty and route.request.is_navigation_request():
            self.refused.append(route.request.url)
            await route.abort("blockedbyclient")
        else:
            await route.fallback()


def named_hosts(
    base_url: str | None, goto: Iterable[str], allowed: Iterable[str], variables: Variables
) -> set[str]:
    """The hosts, with their ports, that a test names: by its base URL, by where its exact steps go,
    and among its allowed hosts. What was read from a page names none."""
    urls = [urljoin(base_url or "", variables.fill_text(text)) for text in goto]
    hosts = {urlsplit(url).netloc.rpartition("@")[2] for url in [base_url or "", *urls]}
    return {host for host in {*hosts, *allowed} if host}
