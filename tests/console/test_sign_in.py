"""Signing in, with a key or a link, and what is refused to whoever did not."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from api.sessions import Sessions
from tests.support.deployment import Deployment
from tests.support.waiting import wait_until

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def test_a_key_opens_the_page_that_was_asked_for(people):
    person = people.person()
    page = person.tab("/runs/11111111-1111-4111-8111-111111111111")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("Key").fill(person.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/runs/11111111"))
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def test_a_wrong_key_is_said_to_be_one(people):
    page = people.person().tab()
    page.get_by_label("Key").fill("proctor_0_0")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("no key of this server")


def test_the_link_that_serve_prints_signs_in_once(people, proctor: Deployment):
    said = (proctor.data_dir / "server.log").read_text()
    (link,) = re.findall(r"http\S+/sign-in#\S+", said)
    page = people.person().context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Executors")).to_be_visible()
    assert "#" not in page.url
    another = people.person().context.new_page()
    another.goto(link)
    expect(another.get_by_role("alert")).to_contain_text("used before")


def test_an_address_that_leads_to_a_place_on_the_page_is_not_taken_for_a_link(people):
    page = people.person().tab("/sign-in#main")
    assert page.url.endswith("/sign-in#main")
    expect(page.get_by_label("Key")).to_have_attribute("required", "")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_signing_out_ends_it_in_every_tab(people):
    person = people.person()
    page, other = person.signed_in(), person.tab()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    other.reload()
    expect(other).to_have_url(re.compile("/sign-in"))


def test_a_revoked_key_ends_its_sessions(people, proctor: Deployment):
    person = people.person()
    page = person.signed_in()
    expect(page.get_by_role("status").first).to_have_text("live")
    key_id = proctor.get("/keys")["items"][-1]["id"]
    proctor.http.delete(f"/keys/{key_id}").raise_for_status()
    cookies = {one["name"]: one["value"] for one in person.context.cookies()}
    wait_until(
        lambda: httpx.get(f"{proctor.url}/live/now", cookies=cookies).status_code == 303,
        "the session to be refused",
        timeout=1.5,
    )
    # Nobody touches the page: the next time it looks it is refused.
    expect(page).to_have_url(re.compile("/sign-in"), timeout=10_000)


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("viewer", [], ["Pause", "Clear…", "Cancel"]),
        ("submitter", ["Cancel"], ["Pause", "Clear…"]),
        ("admin", ["Cancel", "Resume"], []),
    ],
)
def test_a_role_sees_the_buttons_that_it_may_press(people, paused, role, shown, hidden):
    paused.submit({"goto": "about:blank"}, name="waits")
    page = people.person(role).signed_in()
    expect(page.locator(".queue")).to_contain_text("waits")
    for name in shown:
        expect(page.get_by_role("button", name=re.compile(name)).first).to_be_visible()
    for name in hidden:
        expect(page.get_by_role("button", name=re.compile(name))).to_have_count(0)


@pytest.fixture
def browser_of(proctor: Deployment):
    """A client with a session's cookie, as a browser would have it, and the token of its forms."""
    client = httpx.Client(base_url=proctor.url, headers=FORM)

    def sign_in(role: str) -> tuple[httpx.Client, str]:
        key = proctor.post("/keys", {"role": role})["key"]
        assert client.post("/sign-in", data={"key": key}).status_code == 303
        page = client.get("/", headers={"Accept": "text/html"}).text
        return client, re.findall(r'name="token" value="(\w+)"', page)[0]

    with client:
        yield sign_in


def test_a_form_of_another_site_is_refused(browser_of):
    client, token = browser_of("admin")
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post("/queue/pause", data={"token": token}, headers=foreign)
        assert (answer.status_code, answer.json()["title"]) == (403, "forged form")


@pytest.mark.parametrize("token", [{}, {"token": ""}, {"token": "0" * 64}])
def test_a_form_without_the_sessions_word_is_refused(browser_of, token):
    client, _ = browser_of("admin")
    assert client.post("/queue/pause", data=token).status_code == 403


def test_a_form_needs_the_role_that_the_api_needs(browser_of):
    client, token = browser_of("viewer")
    for path in ("/queue/pause", "/queue/clear", "/runs/first"):
        assert client.post(path, data={"token": token}).status_code == 403


def test_a_cookie_reads_the_api_and_changes_nothing_there(browser_of):
    client, _ = browser_of("admin")
    assert client.get("/api/v1/queue/status").status_code == 200
    assert client.post("/api/v1/queue/pause").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(proctor: Deployment):
    key = proctor.post("/keys", {"role": "viewer"})["key"]
    said = httpx.post(f"{proctor.url}/sign-in", data={"key": key}).headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert key.rsplit("_", 1)[1] not in said


def test_whoever_is_signed_in_comes_back_only_to_this_server(proctor: Deployment):
    key = proctor.post("/keys", {"role": "viewer"})["key"]
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\tx"):
        answer = httpx.post(f"{proctor.url}/sign-in", data={"key": key, "next": elsewhere})
        assert answer.headers["location"] == "/"


def test_a_session_is_read_by_every_process_that_knows_the_secret_and_by_no_other():
    key_id, ours = uuid4(), Sessions(b"secret")
    cookies = {ours.cookie: ours.begin(key_id)}
    session = Sessions(b"secret").read(cookies)
    assert session is not None
    assert session.key_id == key_id
    value = next(iter(cookies.values()))
    theirs = Sessions(b"another")
    assert theirs.read({theirs.cookie: value}) is None
    assert ours.read({ours.cookie: value[:-4] + "AAAA"}) is None
    assert ours.read({ours.cookie: "nonsense"}) is None


def test_a_session_that_lasted_long_enough_is_over(monkeypatch):
    sessions = Sessions(b"secret")
    cookies = {sessions.cookie: sessions.begin(uuid4())}
    later = time.time() + 8 * 86_400
    monkeypatch.setattr("api.sessions.time.time", lambda: later)
    assert sessions.read(cookies) is None
