"""Runs over HTTP: what is accepted, what it answers, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest


def test_an_accepted_run_answers_with_itself_and_its_address(api, buy):
    answer = api.admin.post("/runs", json=buy | {"priority": 2})
    assert answer.status_code == 202
    run = answer.json()
    assert answer.headers["location"] == f"/api/v1/runs/{run['id']}"
    assert (run["status"], run["priority"], run["queue_position"]) == ("queued", 2, 1)
    assert api.admin.get(answer.headers["location"].removeprefix("/api/v1")).json() == run


def test_an_accepted_run_is_in_the_log_with_who_asked(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    requested = api.log.history(run["id"])[0].event
    assert requested.TOPIC == "RunRequested"
    assert requested.by.startswith("key:")


def test_a_run_without_a_timeout_gets_the_servers(api, buy):
    assert api.admin.post("/runs", json=buy).json()["timeout"] == 300.0
    assert api.admin.post("/runs", json=buy | {"timeout": 9.5}).json()["timeout"] == 9.5


def test_the_same_idempotency_key_gives_the_same_run(api, buy):
    headers = {"Idempotency-Key": "once"}
    first = api.admin.post("/runs", json=buy, headers=headers).json()
    again = api.admin.post("/runs", json=buy, headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, first["id"])
    assert len(api.log.history(first["id"])) == 1


def test_an_idempotency_key_used_for_another_request_is_refused(api, buy):
    headers = {"Idempotency-Key": "once"}
    api.admin.post("/runs", json=buy, headers=headers)
    answer = api.admin.post("/runs", json=buy | {"name": "Sell"}, headers=headers)
    assert answer.status_code == 409
    assert "'once' was used for another request" in answer.json()["detail"]


def test_two_callers_may_use_the_same_idempotency_key(api, buy):
    headers = {"Idempotency-Key": "once"}
    ids = {
        client.post("/runs", json=buy, headers=headers).json()["id"]
        for client in (api.admin, api.as_("submitter"))
    }
    assert len(ids) == 2


def test_fifty_clients_at_once_each_get_their_own_run(api, buy):
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: api.admin.post("/runs", json=buy), range(200)))
    assert {answer.status_code for answer in answers} == {202}
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == 200
    assert api.admin.get("/queue/status").json()["queued"] == 200


def test_a_batch_is_accepted_in_order_as_a_whole(api, buy):
    answer = api.admin.post("/batches", json={"runs": [buy | {"name": f"r{n}"} for n in range(3)]})
    assert answer.status_code == 202
    batch = answer.json()
    assert [run["name"] for run in batch["runs"]] == ["r0", "r1", "r2"]
    assert [run["queue_position"] for run in batch["runs"]] == [1, 2, 3]
    listed = api.admin.get("/runs", params={"batch_id": batch["batch_id"]}).json()
    assert len(listed["items"]) == 3


def test_one_bad_run_refuses_the_whole_batch(api, buy):
    answer = api.admin.post("/batches", json={"runs": [buy, buy | {"priority": 0}]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "runs.1.priority"
    assert api.admin.get("/runs").json()["items"] == []


def test_a_batch_of_more_than_a_thousand_is_refused(api):
    answer = api.admin.post("/batches", json={"runs": [{"name": "x"}] * 1001})
    assert answer.status_code == 422
    assert "1000" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"name":', 400, "not JSON"),
        ("[" * 100_000, 400, "nested too deeply"),
        ("[1]", 422, "object"),
        ('{"name": "x", "steps": [{"clik": 1}]}', 422, "steps.0: a step has exactly one action"),
        ('{"name": "x", "colour": 1}', 422, "colour: Extra inputs"),
        ('{"name": "x", "priority": 11}', 422, "priority: Input should be less than or equal"),
        ('{"name": "x", "timeout": -1}', 422, "timeout: Input should be greater than 0"),
        ('{"name": "a\\u0000b"}', 422, "name: has the control character"),
    ],
)
def test_bad_input_gets_one_clear_error_and_nothing_is_accepted(api, body, status, said):
    head = api.log.head()
    headers = {"Content-Type": "application/json"}
    answer = api.admin.post("/runs", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert api.log.head() == head


def test_ten_megabytes_of_json_are_refused_before_they_are_read(api):
    body = b'{"name": "' + b"x" * 10_000_000 + b'"}'
    for content in (body, iter([body[:4_000_000], body[4_000_000:]])):
        answer = api.admin.post("/runs", content=content)
        assert answer.status_code == 413


def test_an_unknown_run_is_not_found(api):
    for path in (f"/runs/{uuid4()}", f"/runs/{uuid4()}/events", f"/runs/{uuid4()}/artifacts"):
        assert api.admin.get(path).status_code == 404
    assert api.admin.post(f"/runs/{uuid4()}/cancel").status_code == 404


def test_a_list_comes_in_pages_the_newest_first(api, buy):
    for n in range(5):
        api.admin.post("/runs", json=buy | {"name": f"r{n}"})
    first = api.admin.get("/runs", params={"limit": 3}).json()
    rest = api.admin.get("/runs", params={"limit": 3, "cursor": first["next"]}).json()
    assert [run["name"] for run in first["items"] + rest["items"]] == ["r4", "r3", "r2", "r1", "r0"]
    assert rest["next"] is None


def test_lists_are_filtered_by_label_and_status(api, buy):
    api.admin.post("/runs", json=buy)
    api.admin.post("/runs", json=buy | {"labels": {"team": "api"}})
    found = api.admin.get("/runs", params={"label": "team=api", "status": "queued"}).json()["items"]
    assert [run["labels"] for run in found] == [{"team": "api"}]
    assert api.admin.get("/runs", params={"label": "nonsense"}).status_code == 422


def test_a_cancelled_run_says_so_at_once(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    cancelled = api.admin.post(f"/runs/{run['id']}/cancel").json()
    assert (cancelled["status"], cancelled["error"]["kind"]) == ("cancelled", "cancelled")
    again = api.admin.post(f"/runs/{run['id']}/cancel")
    assert (again.status_code, "is cancelled" in again.json()["detail"]) == (409, True)


def test_every_read_of_a_run_says_which_position_it_reflects(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    for path in ("", "/events", "/artifacts"):
        answer = api.admin.get(f"/runs/{run['id']}{path}")
        assert int(answer.headers["Proctor-Position"]) > 0
