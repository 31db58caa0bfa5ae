"""Tests, History and System: what they show of the runs in history, over HTTP."""

from __future__ import annotations

import html
import re
from contextlib import closing
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import quote
from uuid import uuid4

import httpx
import psycopg
import pytest

from api.console.management import doors
from domain.run_events import Failure
from projections.ledger.notary import SEAL
from runtime.broker.port import Presence
from runtime.settings import Settings
from tests.api.conftest import running
from tests.api.test_behind import views_held_back
from tests.support.waiting import wait_until

HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe '\"</script>"
SEEN = "&lt;img src=x onerror=alert(1)&gt; ⟨U+202E⟩gnp.exe"
PAGES = ["/tests", "/history", "/history/compare", "/system"]
LARGEST = 150_000


class Strict(HTMLParser):
    """Complains of what the pages' policy would not let work."""

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert tag != "style"
        assert tag != "script" or "src" in names
        assert not [name for name in names if name == "style" or name.startswith("on")]


class Site:
    """The pages as somebody sees them, and runs that came to a verdict without executors."""

    def __init__(self, api, role="viewer"):
        self.api = api
        key = api.as_(role).headers["authorization"].removeprefix("Bearer ")
        self.browser = httpx.Client(base_url=api.url, timeout=20)
        assert self.browser.post("/sign-in", data={"key": key}).status_code == 303

    def get(self, path):
        return self.browser.get(path, headers={"Accept": "text/html"}, follow_redirects=True)

    def page(self, path):
        answer = self.get(path)
        assert (answer.status_code, len(answer.content) < LARGEST) == (200, True), answer.text
        Strict().feed(answer.text)
        return answer.text

    def submit(self, name="Buy", **said):
        run = {"name": name, "steps": [{"goto": "/"}, {"press": "Enter"}]} | said
        return self.api.admin.post("/runs", json=run).json()["id"]

    def batch(self, *names):
        runs = [{"name": name, "steps": [{"goto": "/"}]} for name in names]
        made = self.api.admin.post("/batches", json={"runs": runs}).json()
        return made["batch_id"], [run["id"] for run in made["runs"]]

    def end(self, run_id, message=None, seconds=1.0):
        """Passed, or failed with that message."""
        log = self.api.log
        run = log.run(run_id)
        log.append(run.start("e", run.dispatch_id))
        step = {"index": 0, "step": "goto /", "started": 0.0, "duration": seconds * 0.75}
        log.append(log.run(run_id).pass_step("e", **step))
        run, error = log.run(run_id), Failure(kind="expectation", message=message or "")
        over = (
            run.fail("e", duration=seconds, error=error)
            if message
            else run.pass_("e", duration=seconds)
        )
        self.api.services.clock.wait_for(log.append(over), 10)
        return run_id

    def over(self, name="Buy", message=None, seconds=1.0, **said):
        return self.end(self.submit(name, **said), message, seconds)


@pytest.fixture
def site(database_url, tmp_path):
    with running(database_url, tmp_path) as api:
        somebody = Site(api)
        with closing(somebody.browser):
            yield somebody


def rows(page):
    """The text of each row of the page's first table, without its head."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [html.unescape(re.sub(r"<[^>]+>|\s+", " ", row)) for row in body.split("<tr")[1:]]


def test_nothing_to_show_yet_teaches_how_to_begin(site):
    for path in ("/tests", "/history"):
        assert "proctor submit suite.yaml --wait" in site.page(path)
    assert "No batch has run lately" in site.page("/history/compare")
    assert "proctor executor" in site.page("/system")


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(site, path):
    answer = httpx.get(f"{site.api.url}{path}")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/sign-in?next={quote(path, safe='')}",
    )


def test_hostile_names_and_messages_are_text_on_every_page(site):
    batch, (run,) = site.batch(HOSTILE)
    site.end(run, f"{HOSTILE} \x1b[31m" + "x" * 1_000_000)
    site.over("Labelled", labels={"who": HOSTILE})
    for path in ("/tests", "/history", f"/history/compare?a={batch}&b={batch}"):
        page = site.page(path)
        assert SEEN in page
        assert "<img src=x" not in page
    of_it = site.page(f"/tests/inline?name={quote(HOSTILE)}")
    assert f"<h1><bdi>{SEEN}" in of_it
    assert "␛[31m" in site.page("/history") or "␛[31m" in of_it


def test_a_long_event_is_cut_on_the_runs_page_and_says_so(site):
    run = site.over(message="x" * 1_000_000)
    raw = site.page(f"/runs/{run}").partition('id="raw-events"')[2]
    failed = re.search(r"</code> RunFailed</h3>\s*<pre.*?</pre>", raw, re.DOTALL)[0]
    assert len(failed) < 2_000
    assert re.search(r"… [\d,]{7,} more characters", failed)


def test_a_run_cancelled_before_any_attempt_has_a_page_while_the_views_say_it_waits(
    site, database_url
):
    run = site.submit()
    with views_held_back(database_url):
        site.api.admin.post(f"/runs/{run}/cancel").raise_for_status()
        page = site.page(f"/runs/{run}")
        assert "It never ran" in page
        assert "tried again" not in page


def test_tests_are_listed_with_the_worst_first(site):
    for message in (None, None, "no"):
        site.over("Sometimes", message, seconds=2.0)
    site.over("Always")
    site.over("Never", "no")
    found = rows(site.page("/tests"))
    assert [re.search(r"Sometimes|Always|Never", row)[0] for row in found] == [
        "Never", "Sometimes", "Always",
    ]  # fmt: skip
    assert "66.7 %" in found[1]


def test_tests_are_found_by_a_part_of_their_name(site):
    for name in ("Buy one", "Buy two", "Sell"):
        site.over(name)
    assert len(rows(site.page("/tests?q=buy"))) == 2
    nothing = site.page("/tests?q=nowhere")
    assert rows(nothing) == []
    assert "No test has <bdi>nowhere</bdi> in its name" in nothing


def test_a_kept_test_has_a_page_before_its_first_run_and_after(site):
    kept = site.api.admin.post("/tests", json={"name": "Kept", "steps": [{"goto": "/"}]}).json()
    assert f"/tests/{kept['id']}" in site.page("/tests")
    assert "No run of it is over yet" in site.page(f"/tests/{kept['id']}")
    run = site.api.admin.post(f"/tests/{kept['id']}/run").json()
    site.end(run["id"])
    page = site.page(f"/tests/{kept['id']}")
    assert f"/runs/{run['id']}" in page
    assert "version 1" in page


def test_a_test_shows_its_results_times_steps_and_failures(site):
    for total in (40, 41, 42):
        failed = site.over(
            "Total", f"expected \"${total}\", found 'nothing' in order {uuid4()}", 3.0
        )
    site.over("Total", "the page is gone")
    passed = site.over("Total", seconds=2.0)
    page = html.unescape(site.page("/tests/inline?name=Total"))
    assert page.index(f'class="failed" href="/runs/{failed}"') < page.index(
        f'href="/runs/{passed}"'
    )
    assert "how long the last 5 runs took" in page
    assert 'expected "…", found "…" in order [id]' in page
    assert page.index(">3\N{MULTIPLICATION SIGN}<") < page.index("the page is gone")
    assert "goto /" in page
    assert "2.25 s" in page


def test_what_is_unknown_is_a_page_that_says_so(site):
    for path, said in (
        (f"/tests/{uuid4()}", "there is no test"),
        ("/tests/inline?name=nobody", "no run was ever called"),
        ("/tests/not-an-id", "there is no page"),
        (f"/history/compare?a={uuid4()}&b={uuid4()}", "there is no batch"),
        ("/history/compare?a=x&b=y", "is not the id of a batch"),
    ):
        answer = site.get(path)
        assert (answer.status_code, said in html.unescape(answer.text)) == (404, True), path
        assert "To the first page" in answer.text


def test_history_has_the_newest_first_and_goes_on_with_older_ones(site):
    runs = [{"name": f"run {n}", "steps": [{"goto": "/"}]} for n in range(60)]
    site.api.admin.post("/batches", json={"runs": runs}).raise_for_status()
    site.over("last")
    first = site.page("/history")
    found = rows(first)
    assert (len(found), "last" in found[0], "run 59" in found[1]) == (50, True, True)
    older = html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    rest = rows(site.page(older))
    assert (len(rest), "run 0" in rest[-1]) == (11, True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=failed", ["sell"]),
        ("status=failed&status=passed", ["sell", "buy"]),
        ("test=buy", ["buy"]),
        ("label=team=web", ["wait", "buy"]),
        ("label=team=web&label=on=ci", ["buy"]),
        ("label=team=web&status=queued&test=", ["wait"]),
        ("status=errored", []),
    ],
)
def test_history_is_filtered(site, query, found):
    site.over("buy", labels={"team": "web", "on": "ci"})
    site.over("sell", "no")
    site.submit("wait", labels={"team": "web"})
    site.api.services.clock.wait_for(site.api.log.head(), 10)
    shown = rows(site.page(f"/history?{query}"))
    assert [re.search("buy|sell|wait", row)[0] for row in shown] == found


def test_history_shows_one_batch_or_one_kept_test(site):
    batch, _ = site.batch("one", "two")
    kept = site.api.admin.post("/tests", json={"name": "Kept", "steps": [{"goto": "/"}]}).json()
    site.end(site.api.admin.post(f"/tests/{kept['id']}/run").json()["id"])
    assert len(rows(site.page(f"/history?batch={batch}"))) == 2
    assert len(rows(site.page(f"/history?test={kept['id']}"))) == 1


def test_the_address_of_a_filter_has_only_what_was_said(site):
    answer = site.get("/history?status=failed&test=&batch=&label=&label=a%3Db")
    assert answer.url.raw_path == b"/history?status=failed&label=a%3Db"


@pytest.mark.parametrize(
    "query", ["status=perfect", "batch=x", "label=web", "before=now", "before=" + "9" * 40]
)
def test_a_filter_that_cannot_be_read_is_said_beside_the_form(site, query):
    answer = site.get(f"/history?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'name="label"' in answer.text


def test_two_batches_are_compared_with_what_changed_first(site):
    before, earlier = site.batch("same", "breaks", "heals", "leaves")
    after, later = site.batch("same", "breaks", "heals", "comes")
    for run, message in zip(earlier, (None, None, "no", None), strict=True):
        site.end(run, message)
    for run, message in zip(later, (None, "no", None, None), strict=True):
        site.end(run, message, seconds=3.0)
    found = rows(site.page(f"/history/compare?a={before}&b={after}"))
    assert [re.search("same |breaks|heals|leaves|comes", row)[0].strip() for row in found] == [
        "breaks", "heals", "comes", "leaves", "same",
    ]  # fmt: skip
    assert "2.00 s" in found[0]
    assert f"a={before}&amp;b={after}" in site.page("/history/compare")


def test_the_system_shows_who_keeps_up_and_who_leads(site):
    site.over()
    head = site.api.log.head()
    wait_until(lambda: f"{head:,}" in follower(site.page("/system"), "relay"), "the relay")
    wait_until(lambda: f"{head:,}" in follower(site.page("/system"), "ledger"), "the ledger")
    page = site.page("/system")
    assert f"{head:,}" in follower(page, "views")
    assert "leads" in page.partition('id="dispatcher-')[2]


def test_the_system_shows_how_far_checkpoints_go_once_there_is_one(site, database_url):
    site.over()
    head = site.api.log.head()
    wait_until(lambda: f"{head:,}" in follower(site.page("/system"), "ledger"), "the ledger")
    assert cells(follower(site.page("/system"), "checkpoints")) == ["not told", "—"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"NOTIFY {SEAL}")
    wait_until(
        lambda: cells(follower(site.page("/system"), "checkpoints")) == [f"{head:,}", "0"],
        "the checkpoint to be shown",
    )


def follower(page, name):
    return page.partition(f'id="follower-{name}"')[2].partition("</tr>")[0]


def cells(row):
    return re.findall(r"<td[^>]*>([^<]*)</td>", row)


def test_the_system_shows_executors_with_their_state(site):
    said = Presence(HOSTILE, "draining", None, datetime.now(UTC).isoformat())
    executors = site.api.services.executors
    wait_until(lambda: executors.depth is not None, "the observer to be there")
    executors._broker.announce(said)
    wait_until(lambda: SEEN in site.page("/system"), "the executor to be shown")
    assert "draining" in site.page("/system")


def test_the_system_is_live_for_those_who_are_signed_in(site):
    answer = site.get("/live/system")
    assert "Broker against log" in answer.json()["sections"]["system"]
    assert httpx.get(f"{site.api.url}/live/system").status_code == 303


def test_the_live_system_is_not_sent_again_until_something_has_happened(site):
    seen = {}

    def nothing_new():
        answer = site.browser.get("/live/system", headers=seen)
        seen["If-None-Match"] = answer.headers["etag"]
        return answer.status_code == 304

    wait_until(nothing_new, "the same to be told as the same")
    site.over()
    answer = site.browser.get("/live/system", headers=seen)
    assert (answer.status_code, answer.headers["etag"] != seen["If-None-Match"]) == (200, True)


def test_the_management_ui_is_linked_without_the_brokers_password():
    settings = Settings(broker_url="amqps://me:hidden@[::1]:5671/my%2Fhost")
    found = {door.title: door.url for door in doors(settings)}
    queue = "https://[::1]:15671/#/queues/my%2Fhost/proctor.runs.default"
    assert found["Queue of pool default"] == queue
    assert "hidden" not in str(found)
    assert doors(Settings()) == []
