"""What would have happened, asked of the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.projections.projected import passed, started, submit


def now():
    return datetime.now(UTC).isoformat()


def one_after_the_other(log, priorities):
    """Runs that waited together, and then ran in the order of their priorities."""
    runs = [submit(log, priority=priority) for priority in priorities]
    for run in sorted(runs, key=lambda run: run.priority):
        passed(log, started(log, run))
    return runs


def ask(client, begin, **said):
    asked = {"executors": 1, "from": begin, "to": now()} | said
    return client.get("/queue/simulation", params=asked)


def test_what_happened_is_told_beside_what_would_have(api):
    begin = now()
    one_after_the_other(api.log, [5, 1, 9, 5])
    answer = ask(api.as_("viewer"), begin, executors=[1, 4])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    was, (one, four) = found["happened"], found["simulated"]
    assert (found["runs"], found["pool"], found["rule"]) == (4, "default", "recorded")
    assert datetime.fromisoformat(found["from"]) == datetime.fromisoformat(begin)
    assert (was["executors"], one["executors"], four["executors"]) == (1, 1, 4)
    assert (found["estimated_attempts"], was["never_started"]) == (0, 0)
    assert [was["by_priority"][p]["count"] for p in ("1", "5", "9")] == [1, 2, 1]
    assert four["waiting_seconds"]["longest"] == 0.0 < was["waiting_seconds"]["longest"]
    assert 0 < was["busy_share"] <= 1
    assert was["makespan_seconds"] > 0


def test_the_rule_is_what_the_queue_goes_by(api):
    started(api.log, first := submit(api.log))
    begin = now()
    one_after_the_other(api.log, [5, 1])
    passed(api.log, api.log.run(first.id))
    by_priority = ask(api.admin, begin).json()
    in_turn = ask(api.admin, begin, rule="first-come").json()
    assert by_priority["ageing_seconds"] == 600
    assert in_turn["ageing_seconds"] == 0
    orders = [each["simulated"][0]["order_agreement"] for each in (by_priority, in_turn)]
    assert orders == [1.0, 0.0]


def test_another_pool_is_another_queue(api):
    begin = now()
    one_after_the_other(api.log, [5, 5])
    answer = ask(api.admin, begin, pool="big")
    assert answer.status_code == 422
    assert "no run of pool big was waiting, running or asked for" in answer.json()["detail"]


def test_runs_of_which_none_ended_are_refused_with_the_reason(api):
    begin = now()
    submit(api.log)
    answer = ask(api.admin, begin)
    assert answer.status_code == 422
    assert "nothing tells how long runs take" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"from": "2001-01-01T00:00:00Z"}, "from: 2001-01-01T00:00:00+00:00 is before the first"),
        ({"to": "2001-01-01T00:00:00Z"}, "is not before 2001-01-01"),
        ({"to": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, "is in the future"),
        ({"from": "yesterday"}, "from: Input should be a valid datetime"),
        ({"executors": 0}, "executors.0: Input should be greater than or equal to 1"),
        ({"executors": 1001}, "executors.0: Input should be less than or equal to 1000"),
        ({"executors": list(range(1, 7))}, "executors: List should have at most 5 items"),
        ({"rule": "fair"}, "rule: Input should be 'recorded', 'no-ageing', 'first-come' or"),
        ({}, "no run of pool default was waiting, running or asked for"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_the_reason(api, asked, says):
    answer = ask(api.admin, now(), **asked)
    assert (answer.status_code, says in answer.json()["detail"]) == (422, True), answer.text


def test_without_a_key_nothing_is_told(api):
    assert ask(api.with_key(None), now()).status_code == 401
