"""The OpenAPI document says everything that a client made from it has to know."""

from __future__ import annotations

import re
from unittest.mock import Mock

import httpx
import pytest

from api.app import create_app

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
KEPT = {
    "submit_run", "submit_batch", "list_runs", "show_run", "run_events", "cancel_run",
    "change_priority", "create_test", "list_tests", "show_test", "revise_test", "archive_test",
    "run_test", "queue_status", "active_runs", "waiting_runs", "queue_statistics", "pause_queue",
    "resume_queue", "clear_queue", "list_events", "stream_events", "list_artifacts",
    "fetch_artifact", "list_decisions", "forget_decisions", "create_key", "list_keys", "own_key",
    "revoke_key", "list_checkpoints", "run_evidence", "is_live", "is_ready", "metrics",
}  # fmt: skip
"""Generated clients call their functions so: none of these may change."""


@pytest.fixture(scope="module")
def document():
    return create_app(Mock()).openapi()  # Nothing is asked of the services.


@pytest.fixture(scope="module")
def operations(document):
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_operations_have_short_names_that_stay(document, operations):
    assert set(operations) >= KEPT
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in operations)
    assert len(operations) == sum(len(methods) for methods in document["paths"].values())


def test_every_answer_says_what_it_is(operations):
    for name, (_, _, operation) in operations.items():
        answers = {s: a for s, a in operation["responses"].items() if s.startswith("2")}
        for status, answer in answers.items():
            if status != "204":
                assert answer["content"], name
                schemas = [content.get("schema") for content in answer["content"].values()]
                assert all(s not in ({}, {"type": "object"}) for s in schemas), name


def test_every_error_is_a_problem(document, operations):
    shared = document["components"]["responses"]
    for name, (_, path, operation) in operations.items():
        errors = {s: a for s, a in operation["responses"].items() if s.startswith("4")}
        for status, answer in errors.items():
            assert answer == {"$ref": f"#/components/responses/Error{status}"}, name
            assert shared[f"Error{status}"]["content"] == PROBLEM
        if path.startswith("/api/v1/"):
            assert {"401", "403"} <= set(errors), name
            assert "404" in errors or "{" not in path, name
            assert "413" in errors or "requestBody" not in operation, name
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_files_and_the_stream_are_described_as_they_are(operations):
    content = operations["fetch_artifact"][2]["responses"]["200"]["content"]
    assert content == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }
    stream = operations["stream_events"][2]["responses"]["200"]
    assert list(stream["content"]) == ["text/event-stream"]
    assert "sign of life" in stream["description"]


def test_a_problem_is_what_the_document_says(api, document):
    schema = document["components"]["schemas"]["Problem"]
    for answer in (
        api.admin.post("/runs", json={"name": ""}),
        api.admin.get("/runs/00000000-0000-4000-8000-000000000000"),
        httpx.get(f"{api.url}/api/v1/runs"),
    ):
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(schema["required"]) <= set(problem) <= set(schema["properties"])
    assert httpx.get(f"{api.url}/openapi.json").json()["paths"] == document["paths"]


def test_the_key_that_asks_is_told_what_it_may(api):
    for role in ("viewer", "submitter", "admin"):
        own = api.as_(role).get("/keys/own").json()
        assert (own["name"], own["role"]) == (role, role)


def test_waiting_runs_come_in_the_order_they_will_start(api, buy):
    asked = [5, 1, 10, 5, 1]
    ids = [api.admin.post("/runs", json=buy | {"priority": p}).json()["id"] for p in asked]
    found = api.admin.get("/queue/waiting", params={"limit": 4}).json()["items"]
    assert [run["id"] for run in found] == [ids[n] for n in (1, 4, 0, 3)]
    assert [run["queue_position"] for run in found] == [1, 2, 3, 4]
