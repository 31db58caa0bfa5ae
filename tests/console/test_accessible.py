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


def serious(page: Page) -> list[dict[str, Any]]:
    """What axe finds that keeps somebody from using the page."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    return [
        {"rule": one["id"], "where": [node["html"] for node in one["nodes"][:3]]}
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.fixture(params=["light", "dark"])
def page(people, request: pytest.FixtureRequest) -> Page:
    return people.person(color_scheme=request.param).signed_in()


def test_now_has_no_barriers(busy: Deployment, page: Page):
    expect(page.locator(".queue li").first).to_be_visible()
    page.get_by_text("Clear…").click()
    assert serious(page) == []


def test_a_run_has_no_barriers(page: Page, failed: dict):
    page.goto(page.url + f"runs/{failed['id']}")
    page.get_by_text("Raw events").click()
    assert serious(page) == []


def test_signing_in_has_no_barriers(people):
    page = people.person().tab()
    page.get_by_label("Key").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    assert serious(page) == []


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
