"""Looking back: the queue as it stood, with a slider to every moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.console.test_now import SLOW
from tests.support.deployment import Deployment
from tests.support.waiting import wait_until


def past(moment: datetime, **said) -> str:
    return f"/past?{urlencode({'to': moment.isoformat(), **said})}"


@pytest.fixture
def ran(proctor: Deployment) -> datetime:
    """A moment at which a run called `bygone` ran; it has been cancelled since."""
    run = proctor.submit(SLOW, name="bygone")
    proctor.wait_for_status(run["id"], "running")
    moment = datetime.now(UTC)
    proctor.post(f"/runs/{run['id']}/cancel")
    proctor.wait_until_all_over()
    # The slider's seconds are whole: one of them has to lie behind the moment.
    wait_until(lambda: datetime.now(UTC) - moment > timedelta(seconds=1), "a second to pass")
    return moment


def test_what_ran_then_is_shown(people, ran):
    page = people.person("viewer").signed_in()
    page.get_by_role("link", name="Look back").click()
    expect(page.get_by_role("heading", name="The queue as it stood")).to_be_visible()
    page.goto(f"{page.url.partition('/past')[0]}{past(ran)}")
    expect(page.locator(".lane", has_text="bygone")).to_be_visible()
    expect(page.locator(".lane", has_text="bygone")).to_contain_text("Wait for something")


def test_the_slider_goes_to_another_moment(people, ran):
    person = people.person("viewer")
    person.signed_in()
    page = person.tab(past(ran, span=60))
    expect(page.locator(".lane", has_text="bygone")).to_be_visible()
    page.get_by_label("moment").fill("10")
    expect(page.locator(".lane", has_text="bygone")).to_have_count(0)
    expect(page).to_have_url(re.compile("second=10"))
    shown = page.locator(".moment time").get_attribute("datetime")
    assert datetime.fromisoformat(shown) == ran - timedelta(seconds=50)
    page.reload()
    assert page.get_by_label("moment").input_value() == "10"


def test_it_plays_to_the_end(people, ran):
    person = people.person("viewer")
    person.signed_in()
    page = person.tab(past(ran, span=60, second=30))
    expect(page.locator(".lane", has_text="bygone")).to_have_count(0)
    page.get_by_label("Speed").select_option("60 times")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".lane", has_text="bygone")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert page.get_by_label("moment").input_value() == "60"


def test_before_the_log_there_is_nothing(people):
    person = people.person("viewer")
    person.signed_in()
    page = person.tab(past(datetime(2020, 1, 1, tzinfo=UTC)))
    expect(page.locator("#moment")).to_contain_text("is before the first event")


def test_a_moment_that_is_none_is_no_page(people):
    person = people.person("viewer")
    person.signed_in()
    page = person.tab("/past?to=yesterday")
    expect(page.locator("main")).to_contain_text("there is no page")
