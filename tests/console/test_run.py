"""A run's page: the failure first, its evidence, and what its test did before."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.support.deployment import Deployment

PAGE = "data:text/html;charset=utf-8,<title>t</title><h1>Total: <b>40</b></h1><script>{}</script>"
LOUD = "for (let n = 0; n < 100; n++) console.log('x'.repeat(1900)); console.log('last \u202e')"


def total(expected: str, script: str = "", **said: object) -> dict:
    """A test of one total: it passes or fails, as it is told."""
    return {
        "name": "Total",
        "artifacts": "always",
        "steps": [
            {"goto": PAGE.format(script), "name": "Open the total"},
            {"screenshot": "total"},
            {"expect": {"text": expected}, "timeout": 0.3, "name": "Look at the total"},
            {"screenshot": "after"},
        ],
    } | said


@pytest.fixture(scope="module")
def failed(proctor: Deployment) -> dict:
    """A run that failed, after one of the same test that passed."""
    for expected in ("Total: 40", "Total: 42"):
        run = proctor.post("/runs", total(expected, LOUD))
        run = proctor.wait_for_status(run["id"])
    assert run["status"] == "failed"
    return run


@pytest.fixture
def page(people, failed: dict) -> Page:
    return people.person().signed_in(f"/runs/{failed['id']}")


def is_loaded(picture) -> bool:
    return picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_the_failure_comes_first_with_both_sides(page: Page):
    failure = page.get_by_role("region", name="Step 3: Look at the total")
    expect(failure.locator(".expected")).to_contain_text("'Total: 42', within 0.3 s")
    expect(failure.locator(".actual")).to_contain_text("'Total: 40'")
    below = page.get_by_role("heading", name="Steps").bounding_box()
    assert failure.bounding_box()["y"] < below["y"]


def test_pictures_of_the_failure_and_of_the_last_pass_stand_side_by_side(page: Page):
    for caption in ("When it failed", "When it last passed"):
        picture = page.locator("figure", has_text=caption).get_by_role("img")
        assert is_loaded(picture)


def test_steps_are_bars_in_time_beside_those_of_the_last_pass(page: Page):
    steps = page.locator(".steps li")
    expect(steps).to_have_count(4)
    states = [step.get_attribute("class") for step in steps.all()]
    assert states == ["passed", "passed", "failed", "skipped"]
    assert steps.nth(2).get_by_role("img").get_attribute("aria-label").startswith("after 0.")
    expect(steps.nth(0).locator(".then")).to_have_text(re.compile(r"\d s$"))


def test_the_film_goes_from_picture_to_picture(page: Page):
    frame = page.locator("#frame")
    expect(frame).to_contain_text("2 of 2: Look at the total")
    page.get_by_label("which picture").press("ArrowLeft")
    expect(frame).to_contain_text("1 of 2: screenshot total")
    assert is_loaded(frame.get_by_role("img"))


def test_the_console_is_cut_and_can_be_had_whole(page: Page):
    log = page.locator(".log")
    expect(log).to_contain_text("last ⟨U+202E⟩")
    with page.expect_download() as download:
        page.get_by_role("link", name="save all of it").click()
    assert download.value.path().stat().st_size > 190_000
    assert len(page.content()) < 150_000


def test_the_trace_opens_in_the_viewer_without_leaving_this_server(page: Page):
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the trace").first.click()
    viewer = opened.value
    expect(viewer.get_by_text("Navigate")).to_be_visible()
    viewer.get_by_text("Navigate").click()
    shown = viewer.frame_locator("iframe.snapshot-visible").first.get_by_role("heading")
    expect(shown).to_contain_text("Total: 40")
    host = "/".join(page.url.split("/")[:3])
    assert {url for url in asked if not url.startswith((host, "data:", "blob:"))} == set()


def test_earlier_runs_of_the_test_are_a_strip_of_links(page: Page):
    earlier = page.get_by_role("region", name="The same test before").locator(".strip a")
    expect(earlier).to_have_count(1)
    earlier.click()
    expect(page.locator("header.title .status")).to_have_text("passed")


def test_raw_events_are_there_for_whoever_wants_them(page: Page):
    page.get_by_text("Raw events").click()
    expect(page.locator(".raw pre").last).to_contain_text('"type": "RunFailed"')


def test_running_it_again_leads_to_the_new_run_which_is_live(page: Page, failed: dict):
    page.get_by_role("button", name="Run again").click()
    expect(page).not_to_have_url(re.compile(failed["id"]))
    expect(page.locator("header.title .status")).to_have_text("failed")
    expect(page.get_by_role("region", name="Step 3: Look at the total")).to_be_visible()


@pytest.mark.parametrize("path", ["/nothing", "/runs/nothing", f"/runs/{UUID(int=1)}"])
def test_what_there_is_not_has_a_page_that_says_so(people, path: str):
    person = people.person("viewer")
    person.signed_in()
    page = person.tab(path)
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    assert page.request.get(page.url).status == 404


def test_every_attempt_is_there(people, proctor: Deployment):
    run = proctor.post("/runs", total("nowhere", retries=1, name="Twice"))
    proctor.wait_for_status(run["id"])
    page = people.person("viewer").signed_in(f"/runs/{run['id']}")
    expect(page.get_by_role("heading", name="Steps of attempt 2")).to_be_visible()
    page.get_by_role("link", name="Attempt 1 failed").click()
    expect(page.get_by_role("heading", name="Steps of attempt 1")).to_be_visible()


def test_another_attempt_is_not_shown_as_the_failure(people, proctor: Deployment):
    for expected in ("Total: 40", "nowhere"):
        run = proctor.post("/runs", total(expected, retries=1, name="Passed before"))
        proctor.wait_for_status(run["id"])
    page = people.person("viewer").signed_in(f"/runs/{run['id']}")
    expect(page.locator("figcaption", has_text="When it failed")).to_be_visible()
    page.get_by_role("link", name="Attempt 1 failed").click()
    expect(page.locator("figcaption", has_text="When it last passed")).to_be_visible()
    expect(page.locator("figcaption", has_text="When it failed")).to_have_count(0)


def test_without_scripts_a_run_is_cancelled_and_its_page_comes_back(people, paused: Deployment):
    run = paused.post("/runs", total("x", name="Waits"))
    person = people.person("submitter", java_script_enabled=False)
    page = person.signed_in(f"/runs/{run['id']}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("header.title .status")).to_have_text("cancelled")
    assert page.url == f"{paused.url}/runs/{run['id']}"


def test_a_run_that_waits_says_why_and_is_cancelled_on_its_page(people, paused: Deployment):
    run = paused.post("/runs", total("x", name="Waits"))
    page = people.person("submitter").signed_in(f"/runs/{run['id']}")
    expect(page.locator(".facts")).to_contain_text("the queue is paused")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("header.title .status")).to_have_text("cancelled")
    expect(page.get_by_role("region", name="It never ran")).to_contain_text("cancelled on request")


def test_a_run_of_many_steps_shows_some_of_them(people, paused: Deployment):
    steps = [{"press": "a", "name": f"{'press ' * 30}{n}"} for n in range(500)]
    run = paused.post("/runs", {"name": "Long", "steps": steps})
    paused.post("/queue/resume")
    paused.wait_for_status(run["id"], timeout=60)
    page = people.person("viewer").signed_in(f"/runs/{run['id']}")
    assert len(page.content()) < 150_000
    page.get_by_role("link", name="Steps before these").click()
    expect(page.locator("#step-300")).to_be_visible()
    page.get_by_role("link", name=re.compile("more$")).click()
    expect(page.locator("#step-450")).to_be_visible()
