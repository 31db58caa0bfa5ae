"""Who did what over HTTP, and from where."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import ValidationError

from runtime.settings import Settings
from tests.api.conftest import running
from tests.support.newer import append_as_newer
from tests.support.waiting import wait_until

HERE = "127.0.0.1"


def log(api, **asked):
    """The log of deeds, as far as all that was done."""
    wanted = {**asked, "after_position": api.log.head()}
    answer = api.admin.get("/audit/log", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def done(api, **asked):
    return [(deed["type"], deed["description"]) for deed in log(api, **asked)]


def test_each_command_is_there_with_its_key_and_where_it_came_from(api, buy):
    made = api.admin.post("/keys", json={"role": "submitter", "name": "ci"}).json()
    run = api.with_key(made["key"]).post("/runs", json=buy).json()
    submitted, created = log(api)
    assert (submitted["by"], submitted["key_name"]) == (f"key:{made['id']}", "ci")
    assert (submitted["type"], submitted["subject"]) == ("RunRequested", run["id"])
    assert (submitted["origin"], submitted["description"]) == (HERE, "Buy, priority 5")
    assert (created["key_name"], created["description"]) == ("admin", "ci, submitter")
    secret = made["key"].rsplit("_", 1)[1]
    assert secret not in api.admin.get("/audit/log").text


def test_a_route_in_a_thread_and_one_on_the_loop_know_where_the_request_came_from(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    api.admin.post(f"/runs/{run['id']}/cancel")
    found = api.admin.get(f"/runs/{run['id']}/events").json()["items"]
    assert [(event["type"], event["origin"]) for event in found] == [
        ("RunRequested", HERE),
        ("RunCancelled", HERE),
    ]


def forwarded(api, of):
    headers = {"X-Forwarded-For": of}
    api.admin.post("/queue/pause", headers=headers)
    api.admin.post("/queue/resume", headers=headers)
    return {recorded.event.origin for recorded in api.log.read(0)[-2:]}


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("10.9.9.9, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:5000", "192.0.2.7"),
        ("[2001:DB8::7]:5000", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("<script>", "unknown"),
        ("", HERE),
    ],
)
def test_a_trusted_proxys_word_counts_on_where_a_request_comes_from(api, said, origin):
    assert forwarded(api, said) == {origin}


@pytest.mark.parametrize("trusted", [(), ("192.0.2.0/24", "::1")], ids=str)
def test_anybody_elses_word_does_not(database_url, tmp_path, trusted):
    with running(database_url, tmp_path, trusted_proxies=trusted) as api:
        assert forwarded(api, "198.51.100.1") == {HERE}


def test_proxies_are_addresses_or_networks_and_nothing_else(monkeypatch):
    monkeypatch.setenv("PROCTOR_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    assert Settings().trusted_proxies == ("10.0.0.0/8", "::1")
    monkeypatch.setenv("PROCTOR_TRUSTED_PROXIES", "")
    assert Settings().trusted_proxies == ()
    for wrong in ("*", "proxy.example", "10.0.0.1/8"):
        monkeypatch.setenv("PROCTOR_TRUSTED_PROXIES", wrong)
        with pytest.raises(ValidationError, match="is no address or network"):
            Settings()


def test_clearing_the_queue_is_one_deed_beside_the_cancellations(api, buy):
    for _ in range(3):
        api.admin.post("/runs", json=buy)
    assert api.admin.post("/queue/clear").json() == {"cancelled": 3}
    assert done(api, what="queue") == [("QueueCleared", "3 runs cancelled")]
    assert done(api, what="RunCancelled") == [("RunCancelled", "Buy")] * 3
    assert api.admin.get("/queue/status").json()["paused"] is False


def test_a_paused_queue_stays_paused_when_it_is_cleared(api, buy):
    api.admin.post("/queue/pause")
    api.admin.post("/runs", json=buy)
    api.admin.post("/queue/clear")
    assert api.admin.get("/queue/status").json()["paused"] is True
    assert api.log.queue().paused
    assert api.admin.post("/queue/resume").status_code == 200


def test_what_was_refused_leaves_nothing(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    api.admin.post("/queue/pause")
    before = api.log.head()
    assert api.admin.post("/queue/pause").status_code == 409
    assert api.as_("viewer").post("/runs", json=buy).status_code == 403
    assert api.as_("submitter").post("/queue/clear").status_code == 403
    assert api.with_key("").post("/queue/resume").status_code == 401
    assert api.admin.patch(f"/runs/{run['id']}", json={"priority": 99}).status_code == 422
    assert api.admin.delete(f"/keys/{uuid4()}").status_code == 404
    written = [recorded.event.topic for recorded in api.log.read(before)]
    assert written == ["KeyCreated", "KeyCreated"]  # Those of the viewer and the submitter here.


def test_who_and_what_and_since_narrow_the_log(api, buy):
    made = api.admin.post("/keys", json={"role": "submitter", "name": "ci"}).json()
    ci = api.with_key(made["key"])
    run = ci.post("/runs", json=buy).json()
    ci.patch(f"/runs/{run['id']}", json={"priority": 1})
    changed = [("PriorityChanged", "Buy: priority 5 -> 1")]
    for who in ("ci", made["id"], made["id"][:8], f"key:{made['id']}"):
        assert done(api, who=who, what="PriorityChanged") == changed
    assert [kind for kind, _ in done(api, who="ci", what=["run", "key"])] == [
        "PriorityChanged",
        "RunRequested",
    ]
    now = datetime.now(UTC)
    assert done(api, since=(now + timedelta(hours=1)).isoformat()) == []
    assert done(api, until=(now - timedelta(hours=1)).isoformat()) == []
    assert len(done(api, since=(now - timedelta(hours=1)).isoformat())) == 3


def test_the_log_comes_in_pages(api, buy):
    for _ in range(5):
        api.admin.post("/runs", json=buy)
    everything = log(api)
    page = api.admin.get("/audit/log", params={"limit": 4}).json()
    rest = api.admin.get("/audit/log", params={"limit": 4, "cursor": page["next"]}).json()
    assert page["items"] + rest["items"] == everything
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"what": "keys"}, "what: 'keys' is no type of event, as KeyRevoked is, and none of"),
        ({"since": "yesterday"}, "since: "),
        ({"cursor": "x"}, "cursor: 'x' is not one we gave"),
        ({"limit": 201}, "limit: "),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(api, asked, said):
    answer = api.admin.get("/audit/log", params=asked)
    assert (answer.status_code, answer.json()["detail"][: len(said)]) == (422, said)


def test_only_an_admin_looks_at_what_others_did(api):
    assert api.as_("submitter").get("/audit/log").status_code == 403


def test_what_only_a_newer_proctor_knows_is_shown_as_it_is_stored(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    subject = UUID(run["id"])
    append_as_newer(api.log, subject, "RunTeleported", origin="192.0.2.7", to="Mars", digest="cd")
    event = api.admin.get(f"/runs/{run['id']}/events").json()["items"][-1]
    assert (event["type"], event["version"], event["run_id"]) == ("RunTeleported", 2, run["id"])
    assert (event["by"], event["origin"], event["data"]) == ("key:1", "192.0.2.7", {"to": "Mars"})
    listed = api.admin.get("/events", params={"limit": 1000}).json()["items"][-1]
    assert (listed["type"], listed["run_id"], listed["subject"]) == (
        "RunTeleported",
        None,
        run["id"],
    )
    assert api.admin.post(f"/runs/{run['id']}/cancel").json()["status"] == "cancelled"
    history = api.admin.get(f"/runs/{run['id']}/events").json()["items"]
    assert [each["version"] for each in history] == [1, 2, 3]
    wait_until(lambda: ready(api), "everything to be well")


def ready(api):
    return httpx.get(f"{api.url}/health/ready").status_code == 200


def test_a_run_that_only_a_newer_proctor_can_know_says_so(api):
    run = uuid4()
    append_as_newer(api.log, run, "RunRequested", class_version=2, wish="all")
    for answer in (api.admin.get(f"/runs/{run}"), api.admin.post(f"/runs/{run}/cancel")):
        assert answer.status_code == 503
        assert "only a newer Proctor knows" in answer.json()["detail"]
    (event,) = api.admin.get(f"/runs/{run}/events").json()["items"]
    assert (event["type"], event["data"]["wish"]) == ("RunRequested", "all")


def test_evidence_on_a_run_says_where_its_commands_came_from(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    evidence = api.admin.get(f"/runs/{run['id']}/evidence").json()
    assert json.loads(evidence["events"][0]["state"])["origin"] == HERE
