"""Checkpoints, and evidence that holds without the server."""

from __future__ import annotations

from uuid import uuid4

from projections.ledger.checking import check, is_over, read_evidence
from runtime.signing import PublicKey


def test_the_evidence_on_a_run_is_there_at_once_and_holds_by_itself(api, buy):
    run = api.admin.post("/runs", json=buy).json()
    api.admin.post(f"/runs/{run['id']}/cancel")
    found = api.admin.get(f"/runs/{run['id']}/evidence")
    assert found.status_code == 200
    evidence = read_evidence(found.text)
    assert is_over(evidence)
    keys = [PublicKey.read(pem) for pem in found.json()["keys"].values()]
    assert check(evidence, keys) == []
    forged = found.text.replace("RunCancelled", "RunPassed")
    assert [finding.sort for finding in check(read_evidence(forged), keys)] == ["altered"]


def test_checkpoints_are_listed_with_the_keys_that_signed_them(api, buy):
    for _ in range(2):
        run = api.admin.post("/runs", json=buy).json()
        api.admin.get(f"/runs/{run['id']}/evidence")
    page = api.admin.get("/audit/checkpoints").json()
    assert [item["number"] for item in page["items"]] == list(range(1, len(page["items"]) + 1))
    assert {item["key"] for item in page["items"]} == set(page["keys"])
    later = api.admin.get("/audit/checkpoints", params={"after": 1}).json()
    assert later["items"] == page["items"][1:]


def test_there_is_evidence_on_runs_alone_and_none_shows_what_is_hidden_of_a_key(api):
    created = next(r.event for r in api.log.read(0) if r.event.TOPIC == "KeyCreated")
    refused = api.as_("viewer").get(f"/runs/{created.originator_id}/evidence")
    assert refused.status_code == 404
    assert created.digest not in refused.text


def test_there_is_no_evidence_on_a_run_that_never_was(api):
    missing = api.admin.get(f"/runs/{uuid4()}/evidence")
    assert (missing.status_code, missing.json()["title"]) == (404, "not found")
