"""A page made ready for one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

    from executor.browser.page_watch import PageWatch


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fresh context with an empty page; nothing of an earlier run is in it."""

    context: BrowserContext
    page: Page
    watch: PageWatch

    @property
    def connected(self) -> bool:
        """Whether its browser still runs."""
        browser = self.context.browser
        return browser is not None and browser.is_connected()


class Pages(Protocol):
    """Where an attempt gets its page, and returns it."""

    def give_back(self, used: Prepared) -> None:
        """The run is over: tidies up behind the caller's back."""

    def discard(self) -> None:
        """Ends the browser of the run in hand at once, with all its processes."""
