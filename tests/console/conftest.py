"""People at the dashboard: a real Chromium on a real deployment, with nothing to complain of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from executor.browser.finding import find_browser
from executor.browser.launch import sandboxed
from tests.support.deployment import Deployment, embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

EXECUTORS = 3
_NO_FAULT = re.compile(r"Failed to load resource|net::ERR_|'data' URLs may not be used as base")
"""What Chromium says of answers that are not 200, and of traces whose page had no address."""


@pytest.fixture(scope="package")
def proctor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Shared by all tests here: each leaves the queue empty and not paused."""
    with embedded(tmp_path_factory.mktemp("console"), EXECUTORS) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # A module's: while Playwright is open no other test of the thread can have an event loop.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(None), chromium_sandbox=sandboxed()
        )
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody with a browser of their own, and a key."""

    url: str
    key: str
    context: BrowserContext
    faults: list[str] = field(default_factory=list)

    def tab(self, path: str = "/") -> Page:
        """A new tab at that page, signed in if the browser is."""
        page = self.context.new_page()
        page.goto(f"{self.url}{path}")
        return page

    def signed_in(self, path: str = "/") -> Page:
        """The first tab, after signing in with the key."""
        page = self.tab(f"/sign-in?next={path}")
        page.get_by_label("Key").fill(self.key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}{path}")
        return page

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _note(self, text: str) -> None:
        if not _NO_FAULT.search(text):
            self.faults.append(text)


class People:
    """Makes people; in the end none of their pages may have complained."""

    def __init__(self, chromium: Browser, proctor: Deployment) -> None:
        self._chromium, self._proctor = chromium, proctor
        self._everybody: list[Person] = []

    def person(
        self, role: str = "admin", proctor: Deployment | None = None, **browser: Any
    ) -> Person:
        at = proctor or self._proctor
        key = at.post("/keys", {"role": role, "name": f"a {role}"})["key"]
        context = self._chromium.new_context(locale="en-GB", **browser)
        context.set_default_timeout(10_000)
        somebody = Person(at.url, key, context)
        context.on("page", somebody.watch)
        self._everybody.append(somebody)
        return somebody

    def leave(self) -> None:
        for somebody in self._everybody:
            somebody.context.close()
        assert [fault for somebody in self._everybody for fault in somebody.faults] == []


@pytest.fixture
def people(chromium: Browser, proctor: Deployment) -> Iterator[People]:
    made = People(chromium, proctor)
    yield made
    made.leave()


@pytest.fixture
def paused(proctor: Deployment) -> Iterator[Deployment]:
    """The deployment with its queue paused, for runs that shall wait."""
    proctor.post("/queue/pause")
    yield proctor
    proctor.post("/queue/clear")
    if proctor.get("/queue/status")["paused"]:
        proctor.post("/queue/resume")
    proctor.wait_until_all_over()
