"""A run is given what is known for its test; people look at that, and have it forgotten."""

from __future__ import annotations

import pytest

from tests.support.examples import PRESSED

ACT = {"act": PRESSED.instruction}


@pytest.fixture
def spoken(buy):
    return buy | {"steps": [{"goto": "/"}, ACT]}


def run_and_pass(api, path, body=None, decision=PRESSED):
    """As an executor would, which the tests here have none of."""
    run_id = api.admin.post(path, json=body).json()["id"]
    run = api.log.run(run_id)
    api.log.append(run.start("e1", run.dispatch_id))
    index = next(i for i, step in enumerate(run.definition.steps) if step.in_words)
    facts = {"index": index, "step": "act", "started": 0.0, "duration": 0.1}
    run = api.log.run(run_id)
    api.log.append(run.pass_step("e1", decision=decision, **facts))
    position = api.log.append(api.log.run(run_id).pass_("e1", duration=1.0))
    assert api.admin.get("/decisions", params={"test": "x", "after_position": position})


def given(api, answer):
    """The decisions in the request of the run that was answered with."""
    asked = api.log.history(answer.json()["id"])[0].event
    return [(known.step, known.version) for known in asked.decisions or ()]


def test_a_run_is_given_what_an_earlier_one_decided(api, spoken):
    run_and_pass(api, "/runs", spoken)
    assert given(api, api.admin.post("/runs", json=spoken)) == [(1, 1)]


def test_a_step_put_before_it_does_not_make_a_decision_unknown(api, spoken):
    run_and_pass(api, "/runs", spoken)
    longer = spoken | {"steps": [{"goto": "/"}, {"act": "press Enter"}, ACT]}
    assert given(api, api.admin.post("/runs", json=longer)) == [(2, 1)]


def test_a_run_that_shall_decide_is_given_nothing(api, spoken):
    run_and_pass(api, "/runs", spoken)
    assert given(api, api.admin.post("/runs", json=spoken | {"words": "decide"})) == []


def test_runs_of_a_batch_and_of_a_kept_test_are_given_theirs(api, spoken):
    test = api.admin.post("/tests", json=spoken).json()
    run_and_pass(api, f"/tests/{test['id']}/run")
    assert given(api, api.admin.post(f"/tests/{test['id']}/run")) == [(1, 1)]
    run_and_pass(api, "/runs", spoken)
    batch = api.admin.post("/batches", json={"runs": [spoken, spoken | {"name": "Other"}]}).json()
    asked = [api.log.history(run["id"])[0].event for run in batch["runs"]]
    assert [len(event.decisions or ()) for event in asked] == [1, 0]


def test_a_submission_repeated_after_something_became_known_is_still_the_same(api, spoken):
    once = {"Idempotency-Key": "once"}
    first = api.admin.post("/runs", json=spoken, headers=once)
    run_and_pass(api, "/runs", spoken)
    assert api.admin.post("/runs", json=spoken, headers=once).json()["id"] == first.json()["id"]


def test_decisions_are_listed_with_their_versions_and_forgotten_on_request(api, spoken):
    run_and_pass(api, "/runs", spoken)
    listed = api.admin.get("/decisions", params={"test": "Buy"}).json()["items"]
    assert [(one["version"], one["known"], one["words"]) for one in listed] == [(1, True, "act")]
    assert listed[0]["decision"]["actions"][0]["name"] == "Buy now"
    assert api.admin.delete("/decisions", params={"test": "Buy"}).json() == {"forgotten": 1}
    assert api.admin.delete("/decisions", params={"test": "Buy"}).json() == {"forgotten": 0}
    listed = api.admin.get("/decisions", params={"test": "Buy"}).json()["items"]
    assert [(one["known"], one["forgotten"]) for one in listed] == [(False, True)]
    assert given(api, api.admin.post("/runs", json=spoken)) == []


def test_only_the_step_that_is_named_is_forgotten(api, spoken):
    run_and_pass(api, "/runs", spoken)
    asked = {"test": "Buy", "instruction": "press another button"}
    assert api.admin.delete("/decisions", params=asked).json() == {"forgotten": 0}


def test_a_viewer_looks_and_may_not_forget(api):
    viewer = api.as_("viewer")
    assert viewer.get("/decisions", params={"test": "Buy"}).json()["items"] == []
    assert viewer.delete("/decisions", params={"test": "Buy"}).status_code == 403


def test_statistics_tell_what_steps_in_words_cost(api, spoken):
    run_and_pass(api, "/runs", spoken)
    total = api.admin.get("/queue/statistics").json()["total"]
    assert total["words"] == {
        "steps": 1, "replayed": 0, "healed": 0, "calls": 1, "input_tokens": 900,
        "output_tokens": 40, "replayed_share": 0.0, "healed_share": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"act": ""}, "at least 1 character"),
        ({"extract": {"instruction": "x", "schema": {}}}, "should have 1 to 50"),
        ({"extract": {"instruction": "x", "schema": {"a": "text"}}}, "should be one of string"),
        ({"extract": {"instruction": "x", "schema": {"a b": "string"}}}, "a name is letters"),
        ({"verify": "a", "act": "b"}, "exactly one action"),
    ],
)
def test_a_step_in_words_that_is_none_is_refused(api, buy, step, said):
    answer = api.admin.post("/runs", json=buy | {"steps": [step]})
    assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text
