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
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Response

EXECUTORS = 3
_NO_FAULT = re.compile(r"Failed to load resource|net::ERR_|'data' URLs may not be used as base")
"""What Chromium says of answers that are not 200, and of traces whose page had no address. Those
answers that no page may get are seen themselves."""


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
        page.on("response", self._judge)

    def _note(self, text: str) -> None:
        if not _NO_FAULT.search(text):
            self.faults.append(text)

    def _judge(self, answer: Response) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.status} of {answer.url}")


def crashes(data_dir: Path) -> list[str]:
    """What its servers said of answers with status 500.

    The tabs' shared worker asks, too, and of what it is answered no page hears.
    """
    said = (line for log in data_dir.glob("*.log") for line in log.read_text().splitlines())
    return [line for line in said if "api.crashed" in line]


class People:
    """Makes people; in the end neither their pages nor a server may have complained."""

    def __init__(self, chromium: Browser, proctor: Deployment) -> None:
        self._chromium, self._proctor = chromium, proctor
        self._everybody: list[Person] = []
        self._crashed_before: dict[Path, int] = {}

    def person(
        self, role: str = "admin", proctor: Deployment | None = None, **browser: Any
    ) -> Person:
        at = proctor or self._proctor
        self._crashed_before.setdefault(at.data_dir, len(crashes(at.data_dir)))
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
        for data_dir, before in self._crashed_before.items():
            assert crashes(data_dir)[before:] == []


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
