"""What people at the dashboard get and cost: first paint, an event's way to the screen, runs."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import sync_playwright

from executor.browser.finding import find_browser
from executor.browser.launch import sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from benchmarks.throughput import Pipeline, Work
    from tests.support.deployment import Deployment

_PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""
_NOTE_WHEN = """() => {
  window.seen = {};
  const look = () => document.querySelectorAll(".queue li").forEach(
    (row) => window.seen[row.id.slice("run-".length)] ??= Date.now());
  new MutationObserver(look).observe(document.querySelector("[data-live]"),
    {childList: true, subtree: true, attributes: true});
}"""


@contextmanager
def person(proctor: Deployment) -> Iterator[BrowserContext]:
    """A browser that is signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(None), chromium_sandbox=sandboxed()
        )
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{proctor.url}/sign-in")
        page.get_by_label("Key").fill(proctor.key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{proctor.url}/")
        page.close()
        yield context
        browser.close()


def first_paint(proctor: Deployment, path: str = "/", times: int = 15) -> float:
    """Milliseconds from asking for a page to its first paint; the median."""
    with person(proctor) as context:
        painted = []
        for _ in range(times):
            page = context.new_page()
            page.goto(f"{proctor.url}{path}")
            page.wait_for_function(_PAINTED)
            painted.append(page.evaluate(_PAINTED))
            page.close()
    return median(painted)


def event_to_screen(proctor: Deployment, tabs: int, runs: int, apart: float) -> list[float]:
    """Milliseconds from each event's commit to its run's row in each tab; sorted.

    The queue is paused, so that the runs stay in it.
    """
    proctor.post("/queue/pause")
    with person(proctor) as context:
        pages = [_tab(context, proctor) for _ in range(tabs)]
        for page in pages:
            page.evaluate(_NOTE_WHEN)
        committed = {}
        for number in range(runs):
            run = proctor.submit(name=f"run {number}", steps=[])
            committed[run["id"]] = datetime.fromisoformat(run["queued_at"]).timestamp() * 1000
            time.sleep(apart)
        time.sleep(1)
        seen = [page.evaluate("window.seen") for page in pages]
    proctor.post("/queue/clear")
    proctor.post("/queue/resume")
    return sorted(times[run] - at for times in seen for run, at in committed.items())


class Watched:
    """A pipeline that somebody watches, from a machine of their own."""

    def __init__(self, pipeline: Pipeline, proctor: Deployment) -> None:
        self._pipeline, self._proctor = pipeline, proctor

    def rate(self, work: Work) -> float:
        """Runs a second while somebody watches."""
        with watched_from_afar(self._proctor):
            return self._pipeline.rate(work)


class Filmed:
    """A pipeline all of whose browsers somebody watches live."""

    def __init__(self, pipeline: Pipeline, proctor: Deployment) -> None:
        self._pipeline, self._proctor = pipeline, proctor

    def rate(self, work: Work) -> float:
        """Runs a second while somebody watches."""
        with filmed(self._proctor):
            return self._pipeline.rate(work)


@contextmanager
def filmed(proctor: Deployment) -> Iterator[None]:
    """Asks for every executor's picture, one after the other, as `static/screens.js` does."""
    over = threading.Event()
    executors = [executor["id"] for executor in proctor.get("/queue/status")["executors"]]
    with (
        httpx.Client(base_url=proctor.url, headers=proctor.http.headers, timeout=30) as client,
        ThreadPoolExecutor(max_workers=1) as watchers,
    ):
        watching = watchers.submit(_look_at_all, client, executors, over)
        try:
            yield
        finally:
            over.set()
        assert watching.result() > 0, "no picture came"


def _look_at_all(client: httpx.Client, executors: list[str], over: threading.Event) -> int:
    """How many pictures it was shown."""
    newest, shown = dict.fromkeys(executors, 0), 0
    while not over.wait(0.35):
        for executor, number in newest.items():
            path = f"/api/v1/executors/{executor}/picture"
            answer = client.get(path, params={"after": number}).raise_for_status()
            if answer.status_code == httpx.codes.OK:
                newest[executor] = int(answer.headers["Proctor-Picture"])
                shown += 1
    return shown


@contextmanager
def watched_from_afar(proctor: Deployment) -> Iterator[None]:
    """Asks for what `static/watcher.js` asks for, as often as it does, and shows it to nobody: a
    browser on this machine would take from the runs what it takes from its owner's machine."""
    told, over = threading.Event(), threading.Event()
    with (
        httpx.Client(base_url=proctor.url, timeout=30) as client,
        ThreadPoolExecutor(max_workers=2) as watchers,
    ):
        signed_in = client.post("/sign-in", data={"key": proctor.key})
        assert signed_in.status_code == httpx.codes.SEE_OTHER, signed_in.text
        watching = [watchers.submit(work, client, told, over) for work in (_listen, _look)]
        try:
            yield
        finally:
            over.set()
            told.set()
            proctor.post("/queue/pause")  # An event, with which the listening ends.
            proctor.post("/queue/resume")
        for watched in watching:
            watched.result()


def _listen(client: httpx.Client, told: threading.Event, over: threading.Event) -> None:
    with client.stream("GET", "/api/v1/stream") as stream:
        stream.raise_for_status()
        for _ in stream.iter_bytes():
            told.set()
            if over.is_set():
                return


def _look(client: httpx.Client, told: threading.Event, over: threading.Event) -> None:
    headers = {"Accept": "application/json"}
    while not over.is_set():
        told.wait(5)
        told.clear()
        began = time.monotonic()
        answer = client.get("/live/now", headers=headers)
        if answer.status_code != httpx.codes.NOT_MODIFIED:
            answer.raise_for_status()
        headers["If-None-Match"] = answer.headers["etag"]
        over.wait(max(0.15, 5 * (time.monotonic() - began)))


def _tab(context: BrowserContext, proctor: Deployment) -> Page:
    page = context.new_page()
    page.goto(f"{proctor.url}/")
    page.wait_for_selector('#link[data-state="live"]')
    return page
