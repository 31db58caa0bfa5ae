"""Where a run's browser may connect to, and what its author reads where it may not."""

from __future__ import annotations

import pytest

from executor.gate.own_places import OwnPlace
from tests.executor.stage import Stage, browser_or_skip
from tests.support.ports import free_port
from tests.words.site import Site

HELLO = ({"goto": "/"}, {"expect": {"text": "Hello"}})


@pytest.fixture(scope="module")
def sites():
    """The site under test, and another one."""
    with Site() as shop, Site() as other:
        yield shop, other


@pytest.fixture
def shop(sites):
    shop, other = sites
    for site in sites:
        site.pages.clear()
        site.asked.clear()
    shop.pages["/"] = other.pages["/"] = "<p>Hello</p>"
    return shop


@pytest.fixture
def other(sites):
    return sites[1]


@pytest.fixture(scope="module")
def places():
    """Proctor's own, of which one can be allowed and one cannot; the port of each."""
    with Site() as api, Site() as database:
        api.pages["/"] = database.pages["/"] = "<p>Hello</p>"
        yield api, database


@pytest.fixture(scope="module")
def stage(tmp_path_factory, places):
    browser_or_skip()
    own = tuple(
        OwnPlace(what, "127.0.0.1", port_of(site), forbidden=what != "Proctor itself")
        for what, site in zip(("Proctor itself", "Proctor's own database"), places, strict=True)
    )
    with Stage(tmp_path_factory.mktemp("artifacts"), own_places=own) as stage:
        yield stage


def port_of(site):
    return int(site.url.rpartition(":")[2])


def host_of(site):
    return site.url.removeprefix("http://")


def refused(seen, *words):
    assert (seen.outcome.verdict, seen.kind) == ("failed", "host"), seen.message
    assert all(word in seen.message for word in words), seen.message


def said(seen):
    """What its steps say."""
    return " ".join(filter(None, (step.message for step in seen.steps)))


# -- the run's own list ---------------------------------------------------------------------------


def test_a_run_gets_to_the_hosts_that_it_names_and_to_no_other(stage, shop, other):
    only_shop = {"allowed_hosts": [host_of(shop)]}
    assert stage.perform(shop.url, *HELLO, **only_shop).outcome.verdict == "passed"
    seen = stage.perform(shop.url, *HELLO, {"goto": other.url}, **only_shop)
    refused(seen, f"{host_of(other)} is not among the allowed hosts ({host_of(shop)})")
    assert other.asked == []


def test_a_redirect_is_held_to_them_and_named_by_where_it_leads(stage, shop, other):
    shop.pages["/away"] = f"<script>location = '{other.url}/stolen'</script>"
    seen = stage.perform(
        shop.url,
        {"goto": "/away"},
        {"expect": {"url": "stolen"}, "timeout": 1},
        allowed_hosts=[host_of(shop)],
    )
    assert seen.outcome.verdict == "failed"
    assert f"not connected: {host_of(other)} is not among the allowed hosts" in said(seen)
    assert other.asked == []


def test_what_a_page_loads_besides_is_held_to_them_and_the_step_says_so(stage, shop, other):
    shop.pages["/"] = f"<p>Hello</p><img src='{other.url}/pixel'>"
    seen = stage.perform(shop.url, *HELLO, allowed_hosts=[host_of(shop)])
    assert seen.outcome.verdict == "passed"
    assert f"not connected: {host_of(other)} is not among the allowed hosts" in said(seen)
    assert other.asked == []


def test_an_empty_list_allows_nothing(stage, shop):
    refused(stage.perform(shop.url, *HELLO, allowed_hosts=[]), "(none)")


def test_the_installations_list_and_the_runs_own_both_have_to_allow_it(tmp_path, shop, other):
    with Stage(tmp_path, allowed_hosts=(host_of(shop), "10.0.0.0/8")) as stage:
        assert stage.perform(shop.url, *HELLO).outcome.verdict == "passed"
        refused(stage.perform(other.url, *HELLO), "10.0.0.0/8")
        both = [host_of(shop), host_of(other)]
        refused(stage.perform(other.url, *HELLO, allowed_hosts=both), "10.0.0.0/8")
        refused(stage.perform(shop.url, *HELLO, allowed_hosts=[host_of(other)]), host_of(other))


# -- without a list -------------------------------------------------------------------------------


def test_what_is_proctors_own_is_refused_unless_its_port_is_named(stage, shop, places):
    api, database = places
    refused(stage.perform(api.url, *HELLO), "is Proctor itself", "allowed_hosts")
    named = {"allowed_hosts": [host_of(api), host_of(database), "127.0.0.0/8"]}
    assert stage.perform(api.url, *HELLO, **named).outcome.verdict == "passed"
    refused(stage.perform(database.url, *HELLO, **named), "is Proctor's own database")


def test_no_run_reaches_a_clouds_metadata(stage, shop):
    refused(stage.perform("http://169.254.169.254", *HELLO), "is a link-local address")


def test_no_run_opens_a_file_of_the_machine(stage, shop, tmp_path):
    file = tmp_path / "secret.html"
    file.write_text("<p>Hello</p>")
    refused(stage.perform(file.as_uri(), {"goto": file.as_uri()}), "is a file of the executor's")
    shop.pages["/"] = f"<p>Hello</p><iframe src='{file.as_uri()}'></iframe>"
    assert stage.perform(shop.url, *HELLO).outcome.verdict == "passed"


@pytest.mark.parametrize("host", ["nosuch.invalid", "127.0.0.1"])
def test_a_site_that_cannot_be_reached_is_said_as_ever(stage, host):
    seen = stage.perform(f"http://{host}:{free_port()}", *HELLO)
    assert (seen.outcome.verdict, seen.kind) == ("failed", "navigation")
    why = "connection refused" if host[0].isdigit() else "the host name is not known"
    assert seen.message.startswith(f"{why} at http://{host}")


# -- steps in words -------------------------------------------------------------------------------

PRESS = ({"goto": "/"}, {"act": "press Elsewhere"}, {"expect": {"text": "Hello"}})


def test_a_step_in_words_may_lead_to_an_allowed_host(stage, shop, other):
    shop.pages["/"] = f"<a href='{other.url}/'>Elsewhere</a>"
    seen = stage.perform(shop.url, *PRESS, seconds=40)
    assert (seen.outcome.verdict, seen.kind) == ("failed", "host"), seen.message
    assert "would have left the test's hosts" in seen.message
    seen = stage.perform(shop.url, *PRESS, seconds=40, allowed_hosts=["127.0.0.1"])
    assert seen.outcome.verdict == "passed", seen.message


def test_full_chromium_passes_the_same_gate(stage, shop, other, tmp_path):
    shop.pages["/"] = f"<a href='#'>Elsewhere</a><p>Hello</p><img src='{other.url}/pixel'>"
    seen = stage.perform(shop.url, *PRESS, seconds=40, allowed_hosts=[host_of(shop)])
    assert seen.outcome.verdict == "passed", seen.message
    assert other.asked == []
    file = tmp_path / "secret.html"
    file.write_text("<p>Hello</p>")
    seen = stage.perform(shop.url, *PRESS, {"goto": file.as_uri()}, seconds=40)
    refused(seen, "is a file of the executor's")
