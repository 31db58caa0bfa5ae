"""What a person does in a day, where Proctor is one process, and where every role is one of its own
on RabbitMQ and the API several."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.console.sites import SITES, Site
from tests.support.deployment import PROCTOR, Deployment, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

PAYS = "setTimeout(() => document.body.append('paid'), 3000)"
SUITE = f"""
name: A day
defaults: {{timeout: 60}}
tests:
  - name: Pay
    steps:
      - goto: "data:text/html,<h1>Order</h1><script>{PAYS}</script>"
      - {{expect: {{text: paid}}, name: Wait until it is paid}}
"""
HOLDS = """
name: A long day
defaults: {timeout: 110}
tests:
  - name: Hold
    steps:
      - {wait_for: {css: "#never"}, timeout: 100, name: Wait for something}
"""
FAILS = """
name: A bad day
tests:
  - name: Add up
    artifacts: always
    labels: {kind: sum}
    steps:
      - goto: "data:text/html,<h1>Total: 40</h1>"
      - {expect: {text: "Total: 42"}, timeout: 0.3, name: Look at the total}
  - name: Count
    labels: {kind: sum}
    steps:
      - goto: "data:text/html,<h1>One</h1>"
"""


@pytest.fixture(scope="module", params=sorted(SITES))
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with SITES[request.param](tmp_path_factory.mktemp("site"), request.getfixturevalue) as site:
        yield site


@pytest.fixture(scope="module")
def proctor(site: Site) -> Deployment:
    return site.proctor


@pytest.fixture
def submit(proctor: Deployment, tmp_path: Path):
    """The real `proctor submit`, as somebody types it; its exit status."""

    def run(suite: str, *options: str) -> int:
        file = tmp_path / "suite.yaml"
        file.write_text(suite)
        done = subprocess.run(
            [PROCTOR, "submit", file, *options], env=environment(proctor.data_dir),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode < 2, done.stderr
        return done.returncode

    yield run
    proctor.post("/queue/clear")
    for one in proctor.get("/queue/active")["items"]:
        proctor.http.post(f"/runs/{one['id']}/cancel")
    proctor.wait_until_all_over()


@pytest.fixture
def page(people) -> Page:
    """Now, signed in with a key, and live. A reload would take its mark away."""
    page = people.person().signed_in()
    expect(page.locator("#link")).to_have_text("live")
    page.evaluate("window.stayed = true")
    return page


def waits(page: Page, name: str) -> Locator:
    return page.locator(".queue li", has=page.get_by_role("link", name=name, exact=True))


def lane(page: Page, name: str) -> Locator:
    return page.locator(".lane", has_text=name)


def verdict(page: Page, name: str) -> Locator:
    return page.locator(".verdicts li", has_text=name).first


def test_whoever_signed_in_at_one_process_is_signed_in_at_all(people, proctor: Deployment):
    person = people.person()
    person.signed_in()
    for _ in range(10):  # Connections are given out by turns.
        assert person.context.request.get(f"{proctor.url}/live/now").ok


def test_a_run_submitted_from_the_terminal_goes_from_the_queue_through_a_lane_to_its_verdict(
    page: Page, paused: Deployment, submit
):
    submit(SUITE)
    expect(waits(page, "Pay")).to_contain_text("the queue is paused")
    page.get_by_role("button", name="Resume").click()
    expect(lane(page, "Pay")).to_contain_text("2 of 2 Wait until it is paid")
    expect(verdict(page, "Pay")).to_contain_text("passed")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert page.evaluate("window.stayed === true")


def test_a_run_in_a_lane_is_cancelled(page: Page, proctor: Deployment, submit):
    submit(HOLDS)
    expect(lane(page, "Hold")).to_contain_text("1 of 1 Wait for something")
    lane(page, "Hold").get_by_role("button", name="Cancel Hold").click()
    expect(verdict(page, "Hold")).to_contain_text("cancelled")
    (latest,) = proctor.get("/runs", limit=1)["items"]
    assert latest["status"] == "cancelled"
    assert proctor.events(latest["id"])[-1]["by"].startswith("key:")
    assert page.evaluate("window.stayed === true")


def test_a_run_that_waits_is_made_more_urgent_and_goes_first(
    page: Page, paused: Deployment, submit
):
    submit(HOLDS)
    submit(SUITE, "--priority", "6")
    rows = page.locator(".queue a.run")
    expect(rows).to_have_text(["Hold", "Pay"])
    for priority in (5, 4):
        button = f"more urgent: priority {priority}"
        waits(page, "Pay").get_by_role("button", name=button).click()
        expect(waits(page, "Pay")).to_contain_text(f"P{priority}")
    expect(rows).to_have_text(["Pay", "Hold"])
    queued = paused.get("/runs", limit=2)["items"]
    assert {run["name"]: run["priority"] for run in queued} == {"Pay": 4, "Hold": 5}


def test_a_failure_is_followed_from_now_to_its_trace(page: Page, submit):
    assert submit(FAILS, "--wait") == 1
    expect(verdict(page, "Add up")).to_contain_text("failed")
    verdict(page, "Add up").get_by_role("link", name="Add up").click()
    failure = page.get_by_role("region", name="Step 2: Look at the total")
    expect(failure.locator(".actual")).to_contain_text("Total: 40")
    with page.context.expect_page() as opened:
        failure.get_by_role("link", name="Open the trace").click()
    viewer = opened.value
    viewer.get_by_text("Navigate").click()
    shown = viewer.frame_locator("iframe.snapshot-visible").first.get_by_role("heading")
    expect(shown).to_contain_text("Total: 40")


def test_history_is_filtered_and_the_address_of_what_is_seen_can_be_shared(
    people, page: Page, submit
):
    day = uuid4().hex
    submit(FAILS, "--wait", "--label", f"day={day}")
    page.get_by_role("link", name="History").click()
    page.get_by_label("failed").check()
    page.get_by_label("Label").fill(f"day={day}")
    page.get_by_role("button", name="Show").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Add up")
    theirs = people.person("viewer").signed_in()
    theirs.goto(page.url)
    expect(theirs.locator("tbody tr")).to_contain_text("Add up")


def test_the_page_goes_on_when_its_server_is_started_again(page: Page, site: Site, submit):
    submit(HOLDS)
    expect(lane(page, "Hold")).to_contain_text("1 of 1 Wait for something")
    site.stop()
    expect(page.locator("#link")).to_have_text("connecting…")
    site.start()
    expect(page.locator("#link")).to_have_text("live", timeout=15_000)
    # One process or many: what ran still runs, where its executor was stopped in another attempt.
    expect(lane(page, "Hold")).to_contain_text("1 of 1 Wait for something", timeout=20_000)
    submit(SUITE.replace("name: Pay", "name: Settle"))  # An older "Pay" is among the verdicts.
    expect(verdict(page, "Settle")).to_contain_text("passed", timeout=20_000)
    lane(page, "Hold").get_by_role("button", name="Cancel Hold").click()
    expect(verdict(page, "Hold")).to_contain_text("cancelled")
    assert page.evaluate("window.stayed === true")
