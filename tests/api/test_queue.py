"""The queue over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from runtime.broker.port import Presence
from tests.support.waiting import wait_until


def test_the_status_counts_what_waits(api, buy):
    for priority in (1, 5, 5):
        api.admin.post("/runs", json=buy | {"priority": priority})
    status = api.admin.get("/queue/status").json()
    assert (status["queued"], status["active"], status["available"]) == (3, 0, 5)
    assert status["by_priority"] == {"1": 1, "5": 2}
    assert status["oldest_queued_seconds"] >= 0
    assert (
        status["position"]
        >= api.log.history(api.admin.get("/runs").json()["items"][0]["id"])[0].position
    )


def test_the_status_agrees_with_the_broker(api, buy):
    api.admin.post("/runs", json=buy)
    wait_until(
        lambda: api.admin.get("/queue/status").json()["broker"]["ready"] == 1,
        "the broker to count the run",
    )


def test_executors_show_what_they_say_of_themselves(api):
    said = Presence("e1", "idle", None, datetime.now(UTC).isoformat())
    wait_until(lambda: api.services.executors.depth is not None, "the observer to be there")
    api.services.executors._broker.announce(said)
    wait_until(
        lambda: [e["id"] for e in api.admin.get("/queue/status").json()["executors"]] == ["e1"],
        "the executor to be shown",
    )


def test_what_ended_last_comes_first(api, buy):
    made = [api.admin.post("/runs", json=buy).json()["id"] for _ in range(4)]
    for run in made[:3]:
        api.admin.post(f"/runs/{run}/cancel")
    found = api.admin.get("/queue/latest", params={"limit": 2}).json()["items"]
    assert [(run["id"], run["status"]) for run in found] == [
        (made[2], "cancelled"),
        (made[1], "cancelled"),
    ]


def test_the_status_of_a_moment_in_the_past(api, buy):
    api.admin.post("/runs", json=buy)
    moment = datetime.now(UTC).isoformat()
    api.admin.post("/runs", json=buy)
    assert api.admin.get("/queue/status", params={"at": moment}).json()["queued"] == 1
    assert api.admin.get("/queue/status").json()["queued"] == 2


def test_the_future_is_not_known(api):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = api.admin.get("/queue/status", params={"at": tomorrow})
    assert (answer.status_code, "in the future" in answer.json()["detail"]) == (422, True)


def test_pausing_twice_is_a_conflict(api):
    assert api.admin.post("/queue/pause").json()["paused"] is True
    assert api.admin.post("/queue/pause").status_code == 409
    assert api.admin.post("/queue/resume").json()["paused"] is False


def announced(api, executor, state="idle", run_id=None):
    said = Presence(executor, state, run_id, datetime.now(UTC).isoformat())
    wait_until(lambda: api.services.executors.depth is not None, "the observer to be there")
    api.services.executors._broker.announce(said)
    wait_until(lambda: executor in states(api), "the executor to be shown")


def states(api):
    return {e["id"]: e["state"] for e in api.admin.get("/queue/status").json()["executors"]}


def test_an_executor_is_drained_and_resumed_by_its_name(api):
    announced(api, "eu/e1")
    announced(api, "e2")
    drained = api.admin.post("/executors/eu/e1/drain")
    assert drained.status_code == 200
    assert states(api) == {"e2": "idle", "eu/e1": "drained"}
    assert api.admin.post("/executors/eu/e1/drain").status_code == 409
    api.admin.post("/executors/eu/e1/resume")
    assert states(api) == {"e2": "idle", "eu/e1": "idle"}
    assert api.admin.post("/executors/eu/e1/resume").status_code == 409


def test_draining_is_a_deed_of_whoever_did_it(api):
    announced(api, "e1")
    api.admin.post("/executors/e1/drain")
    (deed,) = api.admin.get("/audit/log", params={"what": "ExecutorDrained"}).json()["items"]
    assert deed["description"] == "e1"


def test_nobody_is_drained_who_is_not_there(api):
    announced(api, "e1")
    answer = api.admin.post("/executors/e2/drain")
    assert (answer.status_code, answer.json()["detail"]) == (
        404, "no executor 'e2' is connected; there is e1",
    )  # fmt: skip


def test_a_pool_whose_executors_are_all_drained_says_so(api, buy):
    announced(api, "e1", "drained")
    api.admin.post("/runs", json=buy)
    (pool,) = api.admin.get("/queue/status").json()["pools"]
    assert (pool["executors"], "is drained" in pool["trouble"]) == (0, True)


def test_an_answer_waits_for_the_position_asked_for(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    position = api.log.history(run["id"])[0].position
    answer = api.admin.get("/runs", params={"after_position": position})
    assert int(answer.headers["Proctor-Position"]) >= position


def test_health_and_metrics_need_no_key(api):
    assert httpx.get(f"{api.url}/health/live").json() == {"status": "ok"}
    assert httpx.get(f"{api.url}/health/ready").json() == {"status": "ok", "missing": {}}
    assert "proctor_runs_active 0.0" in httpx.get(f"{api.url}/metrics").text
    assert "Proctor" in httpx.get(f"{api.url}/", follow_redirects=True).text


def test_a_pool_without_executors_says_so(api, buy):
    assert api.admin.post("/runs", json=buy).status_code == 202
    (pool,) = api.admin.get("/queue/status").json()["pools"]
    assert (pool["name"], pool["queued"], pool["executors"]) == ("default", 1, 0)
    assert "PROCTOR_POOL=default" in pool["trouble"]


def test_a_run_for_a_pool_that_does_not_exist_is_refused(api, buy):
    answer = api.admin.post("/runs", json=buy | {"pool": "mobil"})
    assert answer.status_code == 422
    assert "no pool 'mobil'; the pools are default" in answer.json()["detail"]
