"""A machine sleeps while somebody has a page open, and wakes up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Request, Route

    from tests.support.deployment import Deployment

_WORKER_IN_THE_PAGE = """
    window.SharedWorker = class {
        constructor(url) {
            const { port1, port2 } = new MessageChannel();
            this.port = window.port = port1;
            import(url).then(() => window.onconnect({ ports: [port2] }));
        }
    };
"""
"""The worker's clock cannot be put forward, a page's can: so the worker runs in the page."""

_SAYS_NOTHING = "window.port.postMessage = () => {}"
_NO_WORKER = "delete window.SharedWorker;"


def watching(people, how: str) -> Page:
    person = people.person()
    page = person.signed_in()
    page.add_init_script(how)
    page.clock.install()
    page.reload()
    expect(page.locator("#link")).to_have_text("live")
    page.evaluate("window.stayed = true")
    return page


def test_a_page_that_was_dropped_in_its_sleep_comes_back(people, paused: Deployment):
    page = watching(people, _WORKER_IN_THE_PAGE)
    page.evaluate(_SAYS_NOTHING)
    page.clock.fast_forward("10:00")
    expect(page.locator("#link")).to_have_text("live")
    paused.submit({"goto": "about:blank"}, name="after the sleep")
    expect(page.locator(".queue")).to_contain_text("after the sleep")
    assert page.evaluate("window.stayed")


@pytest.mark.parametrize(("sleep", "goes_on"), [("00:40", True), ("01:30", False)])
def test_what_happened_in_a_long_sleep_is_not_told_but_looked_at(
    people, paused: Deployment, sleep: str, goes_on: bool
):
    page = watching(people, _NO_WORKER)
    page.context.set_offline(offline=True)
    paused.submit({"goto": "about:blank"}, name="in the sleep")
    page.context.set_offline(offline=False)
    with page.expect_request("**/api/v1/stream") as opened:
        page.clock.fast_forward(sleep)
    assert goes_on == has_a_place(opened.value)
    expect(page.locator(".queue")).to_contain_text("in the sleep", timeout=2_000)
    assert page.evaluate("window.stayed")


def test_a_look_that_began_before_the_stream_was_there_is_not_enough(people, paused: Deployment):
    page = watching(people, _NO_WORKER)
    looks, streams = Held(page, "**/live/now?*"), Held(page, "**/api/v1/stream")
    paused.submit({"goto": "about:blank"}, name="before the sleep")
    looks.next().continue_()
    expect(page.locator(".queue")).to_contain_text("before the sleep")
    page.clock.fast_forward("01:30")
    look, stream = looks.next(), streams.next()
    before = look.fetch()
    paused.submit({"goto": "about:blank"}, name="in the sleep")
    looks.let_go()
    stream.continue_()
    expect(page.locator("#link")).to_have_text("live")
    look.fulfill(response=before)
    expect(page.locator(".queue")).to_contain_text("in the sleep", timeout=2_000)


def test_after_a_look_that_lasted_a_whole_sleep_there_is_no_long_rest(people, paused: Deployment):
    page = watching(people, _NO_WORKER)
    looks, streams = Held(page, "**/live/now?*"), Held(page, "**/api/v1/stream")
    paused.submit({"goto": "about:blank"}, name="in the sleep")
    looks.next()
    with page.expect_event("requestfailed", is_a_look, timeout=15_000):
        page.clock.fast_forward("01:30")
    looks.let_go()
    streams.next().continue_()
    expect(page.locator(".queue")).to_contain_text("in the sleep", timeout=2_000)


class Held:
    """Requests to an address, held back until somebody lets them go."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self._routes: list[Route] = []
        page.route(address, self._hold)

    def next(self) -> Route:
        wait_until(self._one_is_there, f"a request to {self._address}")
        return self._routes.pop(0)

    def let_go(self) -> None:
        """Those that come from now on are not held."""
        self._page.route(self._address, lambda route: route.continue_())

    def _hold(self, route: Route) -> None:
        self._routes.append(route)

    def _one_is_there(self) -> bool:
        self._page.evaluate("0")  # Playwright tells of requests only while it is asked something.
        return bool(self._routes)


def is_a_look(request: Request) -> bool:
    return "/live/now" in request.url


def has_a_place(request: Request) -> bool:
    return "last-event-id" in request.headers
