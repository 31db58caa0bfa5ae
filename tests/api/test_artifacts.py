"""A run's files over HTTP: served as what they are, and gone with a word on when and why."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.redaction import REMOVED
from domain.retention_rules import rules_of
from domain.run_events import Artifact, Failure
from projections.retention.retaining import Wanted, retain
from runtime.artifacts import ArtifactStore

NAME = "attempt-1-failure.png"


def failed(api, content=b"pixels"):
    """A run that failed, with a screenshot; its id."""
    run_id = api.admin.post("/runs", json={"name": "Buy", "steps": [{"goto": "/"}]}).json()["id"]
    run = api.log.run(UUID(run_id))
    api.log.append(run.start("e1", run.dispatch_id))
    kept = api.services.store.keep(NAME, "screenshot", content)
    error = Failure(kind="expectation", message="found Ann", step=0)
    run = api.log.run(run.id)
    api.log.append(run.fail("e1", error=error, duration=1.0, artifacts=(kept,)))
    return run_id


@pytest.fixture
def remove(api, database_url):
    """Removes by rules."""

    def remove(artifacts="", details=""):
        store = ArtifactStore(api.services.store.folder, settled=0)
        wanted = Wanted(rules_of(artifacts), rules_of(details), by="me")
        return retain(database_url, api.log, store, wanted)

    return remove


def test_a_file_is_served_as_its_run_left_it(api):
    run_id = failed(api)
    (listed,) = api.admin.get(f"/runs/{run_id}/artifacts").json()["items"]
    assert (listed["name"], listed["removed"]) == (NAME, False)
    answer = api.admin.get(listed["url"].removeprefix("/api/v1"))
    assert (answer.status_code, answer.content) == (200, b"pixels")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_that_was_removed_is_gone_and_the_answer_says_when_and_why(api, remove):
    run_id = failed(api)
    remove(artifacts="failed=0s")
    (listed,) = api.admin.get(f"/runs/{run_id}/artifacts").json()["items"]
    assert listed["removed"]
    answer = api.admin.get(f"/runs/{run_id}/artifacts/{NAME}")
    assert (answer.status_code, answer.json()["title"]) == (410, "gone")
    said = answer.json()["detail"]
    assert said.startswith(f"{NAME} was removed on 20")
    assert "by the rule 'failed after 0s'" in said
    assert listed["sha256"] in said


def test_a_name_that_no_event_has_is_not_found(api):
    run_id = failed(api)
    for name in ("nothing.png", "..%2f..%2fadmin.key", listed_hash(api, run_id)):
        assert api.admin.get(f"/runs/{run_id}/artifacts/{name}").status_code == 404


def listed_hash(api, run_id):
    return api.admin.get(f"/runs/{run_id}/artifacts").json()["items"][0]["sha256"]


def test_a_file_that_went_without_a_word_is_not_found(api):
    run_id = failed(api)
    (kept,) = api.log.history(UUID(run_id))[-1].event.artifacts
    assert isinstance(kept, Artifact)
    api.services.store.path(UUID(run_id), kept).unlink()
    assert api.admin.get(f"/runs/{run_id}/artifacts/{NAME}").status_code == 404


def test_a_run_without_its_details_shows_what_came_of_it_and_no_texts(api, remove):
    run_id = failed(api)
    remove(details="failed=0s")
    head = api.log.head()
    run = api.admin.get(f"/runs/{run_id}", params={"after_position": head}).json()
    assert (run["status"], run["steps_total"]) == ("failed", 1)
    assert run["error"] == {"kind": "expectation", "message": REMOVED, "step": 0}
    events = api.admin.get(f"/runs/{run_id}/events").json()["items"]
    assert [event["data"].get("redacted") for event in events] == [True, None, True]
    assert api.admin.get("/events").status_code == 200


def test_an_idempotency_key_still_means_its_run_after_the_details_are_gone(api, remove):
    asked = {"name": "Buy", "base_url": "http://shop.example/", "steps": [{"goto": "/"}]}
    headers = {"Idempotency-Key": "order 7"}
    run = api.admin.post("/runs", json=asked, headers=headers).json()
    api.log.append(api.log.run(UUID(run["id"])).cancel("me"))
    remove(details="cancelled=0s")
    again = api.admin.post("/runs", json=asked, headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, run["id"])
    other = api.admin.post("/runs", json=asked | {"name": "Sell"}, headers=headers)
    assert other.status_code == 409
