"""Everybody can use the pages: with a screen reader, in the dark, on a phone, on a slow line."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.deployment import Deployment

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
PHONE = {"width": 360, "height": 740}
LARGEST = 150_000


@pytest.fixture(scope="module")
def failed(proctor: Deployment) -> dict:
    steps = [{"goto": "about:blank"}, {"expect": {"title": "a title"}, "timeout": 0.1}]
    run = proctor.submit(*steps, name="Fails " + "with_a_long_name" * 8)
    return proctor.wait_for_status(run["id"])


@pytest.fixture
def busy(paused: Deployment, failed: dict) -> Deployment:
    """Something in every section of Now."""
    for number in range(60):
        paused.submit({"goto": "about:blank"}, name=f"run {number}", priority=1 + number % 10)
    return paused


def barriers(page: Page) -> list[dict[str, Any]]:
    """What axe finds fault with, be it serious or not."""
    page.evaluate(AXE)
    return [
        {"rule": one["id"], "where": [node["html"] for node in one["nodes"][:3]]}
        for one in page.evaluate("axe.run()")["violations"]
    ]


@pytest.fixture(params=["light", "dark"])
def page(people, request: pytest.FixtureRequest) -> Page:
    return people.person(color_scheme=request.param).signed_in()


def test_now_has_no_barriers(busy: Deployment, page: Page):
    expect(page.locator(".queue li").first).to_be_visible()
    page.get_by_text("Clear…").click()
    assert barriers(page) == []


def test_a_run_has_no_barriers(page: Page, failed: dict):
    page.goto(page.url + f"runs/{failed['id']}")
    page.get_by_text("Raw events").click()
    assert barriers(page) == []


@pytest.fixture(scope="module")
def compared(proctor: Deployment) -> str:
    """The comparison of two batches, in the second of which a test does better."""
    ids = []
    for title in ("another", "t"):
        steps = [{"goto": "data:text/html,<title>t</title>"}]
        steps += [{"expect": {"title": title}, "timeout": 0.1}]
        run = {"name": "Changes", "steps": steps, "labels": {"team": "web"}}
        ids.append(proctor.post("/batches", {"runs": [run]})["batch_id"])
        proctor.wait_until_all_over()
    return "/history/compare?a={}&b={}".format(*ids)


@pytest.mark.parametrize(
    "place",
    [
        "/tests",
        "/tests/inline?name=Changes",
        "/history",
        "/history?status=nonsense",
        "/system",
        "/past",
    ],
)
@pytest.mark.usefixtures("compared")
def test_tests_history_and_system_have_no_barriers(page: Page, place: str):
    page.goto(page.url.removesuffix("/") + place)
    expect(page.locator("table, .facts, .notice, .moment").first).to_be_visible()
    assert barriers(page) == []


def test_the_comparison_has_no_barriers(page: Page, compared: str):
    page.goto(page.url.removesuffix("/") + compared)
    expect(page.locator("tbody")).to_contain_text("fixed")
    assert barriers(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_signing_in_has_no_barriers(people, theme: str):
    page = people.person(color_scheme=theme).tab()
    page.get_by_label("Key").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    assert barriers(page) == []


@pytest.mark.parametrize("place", ["/", "/runs/{id}"])
def test_pages_fit_a_phone_and_a_slow_line(people, busy: Deployment, failed: dict, place: str):
    page = people.person(viewport=PHONE).signed_in(place.format(**failed))
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert len(page.content().encode()) < LARGEST


def test_the_keyboard_reaches_the_content_at_once(page: Page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
