"""What an executor's browser shows, in its lane, while somebody watches it there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.console.test_now import SLOW
from tests.support.deployment import Deployment

SHOWS = """([executor, run]) => {
  const screen = document.querySelector(`[data-screen="${executor}"]`);
  return screen.dataset.shows === run && screen.querySelector("canvas").width > 100;
}"""


@pytest.fixture
def running(proctor: Deployment, shop: str):
    """A run that stays on the shop's first page."""
    run = proctor.submit({"goto": "/"}, SLOW, name="window shopping", base_url=shop)
    yield proctor.wait_for_status(run["id"], "running")
    proctor.http.post(f"/runs/{run['id']}/cancel")
    proctor.wait_until_all_over()


def watch(page: Page, run: dict) -> None:
    page.get_by_role("button", name=f"Watch {run['executor']}").click()
    page.wait_for_function(SHOWS, arg=[run["executor"], run["id"]])


def test_a_browser_is_seen_in_its_lane(people, running):
    page = people.person("viewer").signed_in()
    watch(page, running)
    lane = page.locator(".lane", has_text="window shopping")
    expect(lane.locator("canvas")).to_be_visible()
    expect(lane.get_by_role("button", name="Watch")).to_have_attribute("aria-pressed", "true")


def test_a_browser_is_seen_on_its_runs_page(people, running):
    page = people.person("viewer").signed_in(f"/runs/{running['id']}")
    watch(page, running)
    expect(page.locator("#browser canvas")).to_be_visible()


def test_watching_ends_with_a_second_press(people, running):
    page = people.person("viewer").signed_in()
    watch(page, running)
    button = page.get_by_role("button", name=f"Watch {running['executor']}")
    button.click()
    expect(page.locator(".lane canvas:visible")).to_have_count(0)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    page.wait_for_function(SHOWS, arg=[running["executor"], running["id"]])


def test_when_the_run_is_over_there_is_nothing_to_see(people, proctor: Deployment, running):
    page = people.person().signed_in()
    watch(page, running)
    proctor.post(f"/runs/{running['id']}/cancel")
    screen = page.locator(f"[data-screen='{running['executor']}']")
    expect(screen).to_contain_text("Nothing to see yet.", use_inner_text=True)


def test_the_run_that_comes_next_is_seen_without_asking_again(
    people, proctor: Deployment, running, shop: str
):
    page = people.person().signed_in()
    watch(page, running)
    others = [e["id"] for e in proctor.get("/queue/status")["executors"]]
    others.remove(running["executor"])
    for executor in others:
        proctor.post(f"/executors/{executor}/drain")
    proctor.post(f"/runs/{running['id']}/cancel")
    run = proctor.submit({"goto": "/"}, SLOW, name="the next", base_url=shop)
    page.wait_for_function(SHOWS, arg=[running["executor"], run["id"]])
    for executor in others:
        proctor.post(f"/executors/{executor}/resume")
    proctor.post(f"/runs/{run['id']}/cancel")


def test_an_executor_is_drained_and_resumed_in_its_lane(people, proctor: Deployment, running):
    page = people.person().signed_in()
    lane = page.locator(".lane", has_text=running["executor"])
    lane.get_by_role("button", name=f"Drain {running['executor']}").click()
    expect(lane).to_contain_text("draining")
    proctor.post(f"/runs/{running['id']}/cancel")
    expect(lane).to_contain_text("takes no run")
    lane.get_by_role("button", name=f"Resume {running['executor']}").click()
    expect(lane).to_contain_text("waits for a run")
