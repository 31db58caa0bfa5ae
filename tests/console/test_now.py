"""Now: runs move through the lanes while somebody looks, and do what that somebody says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.deployment import Deployment
from tests.support.waiting import wait_until

SLOW = {"wait_for": {"css": "#never"}, "timeout": 60.0, "name": "Wait for something"}
HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe\u202c ${secret:KEY} '\"</script>"


@pytest.fixture(autouse=True)
def _nothing_left(proctor: Deployment):
    yield
    for run in proctor.get("/queue/active")["items"]:
        proctor.http.post(f"/runs/{run['id']}/cancel")
    proctor.wait_until_all_over()


def names(page: Page, rows: str) -> list[str]:
    return [row.inner_text() for row in page.locator(f"{rows} a.run").all()]


def stays(page: Page) -> None:
    """Marks the page: a reload would take the mark away."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.stayed === true")


def test_a_submitted_run_is_in_a_lane_with_its_step_and_then_cancelled(people, proctor: Deployment):
    page = people.person().signed_in()
    stays(page)
    run = proctor.submit({"goto": "about:blank"}, SLOW, name="long one")
    lane = page.locator(".lane", has_text="long one")
    expect(lane).to_contain_text("2 of 2 Wait for something")
    lane.get_by_role("button", name="Cancel long one").click()
    expect(page.locator(".said")).to_contain_text("Cancelled")
    expect(page.locator(".verdicts li", has_text="long one")).to_contain_text("cancelled")
    assert proctor.run(run["id"])["status"] == "cancelled"
    assert proctor.events(run["id"])[-1]["by"].startswith("key:")
    assert stayed(page)


def test_the_queue_is_in_its_real_order_and_says_why(people, paused: Deployment):
    for name, priority in (("third", 7), ("first", 2), ("second", 5)):
        paused.submit({"goto": "about:blank"}, name=name, priority=priority)
    page = people.person("viewer").signed_in()
    expect(page.locator(".queue li")).to_have_count(3)
    assert names(page, ".queue") == ["first", "second", "third"]
    expect(page.locator(".queue li").first).to_contain_text("the queue is paused")


def test_what_waits_behind_busy_executors_says_who_goes_first(people, proctor: Deployment):
    executors = len(proctor.get("/queue/status")["executors"])
    for number in range(executors):
        proctor.submit(SLOW, name=f"holder {number}")
    page = people.person("viewer").signed_in()
    expect(page.locator(".lane.running")).to_have_count(executors)
    for name, priority in (("urgent", 1), ("plain", 5), ("last", 5)):
        proctor.submit({"goto": "about:blank"}, name=name, priority=priority)
    rows = page.locator(".queue li")
    expect(rows.nth(0)).to_contain_text(f"next: all {executors} executors are busy")
    expect(rows.nth(1)).to_contain_text("behind 1 more urgent")
    expect(rows.nth(2)).to_contain_text("behind 1 more urgent and 1 earlier")
    proctor.post("/queue/clear")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()


@pytest.fixture
def three(people, paused: Deployment) -> Page:
    """A page with three runs that wait."""
    for name, priority in (("a", 5), ("b", 6), ("c", 7)):
        paused.submit({"goto": "about:blank"}, name=name, priority=priority)
    page = people.person().signed_in()
    expect(page.locator(".queue li")).to_have_count(3)
    return page


def row(page: Page, name: str):
    return page.locator(".queue li", has=page.get_by_role("link", name=name, exact=True))


def becomes(page: Page, *order: str) -> None:
    wait_until(lambda: names(page, ".queue") == list(order), f"the order {order}")


def test_a_run_is_made_more_urgent_with_its_button(three: Page):
    row(three, "b").get_by_role("button", name="more urgent: priority 5").click()
    expect(row(three, "b")).to_contain_text("P5")
    row(three, "b").get_by_role("button", name="more urgent: priority 4").click()
    becomes(three, "b", "a", "c")


def test_a_run_is_moved_by_keys_and_the_focus_stays_on_it(three: Page):
    row(three, "c").get_by_role("link").focus()
    for priority in (6, 5, 4):
        three.keyboard.press("Alt+ArrowUp")
        expect(row(three, "c")).to_contain_text(f"P{priority}")
    becomes(three, "c", "a", "b")
    expect(row(three, "c").get_by_role("link")).to_be_focused()


def test_a_run_is_dragged_onto_another_to_be_as_urgent(three: Page):
    row(three, "c").drag_to(row(three, "a"))
    expect(row(three, "c")).to_contain_text("P5")
    becomes(three, "a", "c", "b")


def test_the_queue_is_resumed_and_paused_again(three: Page, paused: Deployment):
    three.get_by_role("button", name="Resume").click()
    expect(three.get_by_role("button", name="Pause")).to_be_visible()
    paused.wait_until_all_over()
    three.get_by_role("button", name="Pause").click()
    expect(three.get_by_text("The queue is paused:")).to_be_visible()


def test_clearing_asks_first(three: Page, paused: Deployment):
    three.get_by_text("Clear…").click()
    expect(three.get_by_text("Cancel all 3 runs that wait?")).to_be_visible()
    assert paused.get("/queue/status")["queued"] == 3
    three.get_by_role("button", name="Cancel 3 runs").click()
    expect(three.get_by_text("Nothing waits.")).to_be_visible()


def test_what_asks_stays_open_while_the_page_changes_under_it(three: Page, paused: Deployment):
    three.get_by_text("Clear…").click()
    paused.submit({"goto": "about:blank"}, name="d")
    expect(three.locator(".queue li")).to_have_count(4)
    expect(three.get_by_text("Cancel all 4 runs that wait?")).to_be_visible()


def test_a_run_that_is_over_runs_again(people, proctor: Deployment):
    proctor.wait_for_status(proctor.submit({"goto": "about:blank"}, name="once more")["id"])
    page = people.person("submitter").signed_in()
    page.get_by_role("button", name="Run once more again").first.click()
    expect(page.locator(".verdicts a.run", has_text="once more")).to_have_count(2)


def test_names_are_shown_as_text_whatever_is_in_them(people, paused: Deployment):
    paused.submit({"goto": "about:blank"}, name=HOSTILE, labels={"x": HOSTILE})
    page = people.person().signed_in()
    link = page.locator(".queue a.run")
    expect(link).to_contain_text("<img src=x onerror=alert(1)>")
    expect(link).to_contain_text("⟨U+202E⟩gnp.exe⟨U+202C⟩")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("⟨U+202E⟩gnp.exe")
    assert page.locator("main img").count() == 0


def test_many_tabs_share_one_stream_and_all_show_what_happens(people, paused: Deployment):
    person = people.person()
    tabs = [person.signed_in(), *(person.tab() for _ in range(9))]
    for tab in tabs:
        expect(tab.locator("#link")).to_have_text("live")
    paused.submit({"goto": "about:blank"}, name="seen by all")
    for tab in tabs:
        expect(tab.locator(".queue")).to_contain_text("seen by all")


def test_without_scripts_the_forms_work_all_the_same(people, paused: Deployment):
    run = paused.submit({"goto": "about:blank"}, name="plain")
    page = people.person(java_script_enabled=False).signed_in()
    page.get_by_role("button", name="Cancel plain").click()
    expect(page.locator(".verdicts li", has_text="plain")).to_contain_text("cancelled")
    assert paused.run(run["id"])["status"] == "cancelled"
    assert re.search(r"/$", page.url)
