"""Kept tests: versions, and runs that remember which one they ran."""

from __future__ import annotations

from uuid import uuid4


def test_a_test_is_kept_and_revised(api, buy):
    made = api.admin.post("/tests", json=buy)
    assert made.status_code == 201
    test = made.json()
    revised = api.admin.put(f"/tests/{test['id']}", json=buy | {"name": "Buy two"}).json()
    assert (revised["version"], revised["name"]) == (2, "Buy two")
    assert [t["id"] for t in api.admin.get("/tests").json()["items"]] == [test["id"]]


def test_a_run_of_a_test_remembers_its_version(api, buy):
    test = api.admin.post("/tests", json=buy).json()
    first = api.admin.post(f"/tests/{test['id']}/run").json()
    api.admin.put(f"/tests/{test['id']}", json=buy)
    second = api.admin.post(f"/tests/{test['id']}/run", json={"priority": 1}).json()
    assert (first["test_id"], first["test_version"]) == (test["id"], 1)
    assert (second["test_version"], second["priority"]) == (2, 1)


def test_an_archived_test_is_off_the_list_and_cannot_be_run(api, buy):
    test = api.admin.post("/tests", json=buy).json()
    assert api.admin.delete(f"/tests/{test['id']}").status_code == 204
    answer = api.admin.post(f"/tests/{test['id']}/run")
    assert (answer.status_code, "archived" in answer.json()["detail"]) == (409, True)
    position = answer.headers.get("Proctor-Position", api.log.head())
    listed = api.admin.get("/tests", params={"after_position": position}).json()
    assert listed["items"] == []


def test_an_unknown_test_is_not_found(api, buy):
    unknown = f"/tests/{uuid4()}"
    assert api.admin.get(unknown).status_code == 404
    assert api.admin.post(f"{unknown}/run").status_code == 404
    assert api.admin.put(unknown, json=buy).status_code == 404
