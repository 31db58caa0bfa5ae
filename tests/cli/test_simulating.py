"""`proctor audit simulate`: a table beside what happened, and one clear error otherwise."""

from __future__ import annotations

import json
from datetime import datetime

import httpx
import pytest

from tests.cli.fake_api import FakeApi
from tests.cli.test_commands import proctor

__all__ = ["proctor"]

SPAN = ("--from", "2026-11-23T12:00:00Z", "--to", "2026-11-23T13:00:00Z")


def waits(longest, count=3):
    return {"count": count, "p50": 1.0, "p95": 2.5, "longest": longest}


def course(executors, longest, **more):
    return {
        "executors": executors, "waiting_seconds": waits(longest), "never_started": 1,
        "by_priority": {"10": waits(longest, 1), "5": waits(longest, 2)}, "busy_share": 0.874,
        "makespan_seconds": 61.0,
    } | more  # fmt: skip


ANSWER = {
    "from": "2026-11-23T12:00:00Z", "to": "2026-11-23T13:00:00Z", "pool": "default",
    "rule": "recorded", "runs": 3, "ageing_seconds": 600.0, "handover_seconds": 0.01,
    "estimated_attempts": 2, "position": 42, "happened": course(5, 30.0),
    "simulated": [
        course(5, 30.0, order_agreement=0.9999), course(10, 3.0, order_agreement=1.0),
    ],
}  # fmt: skip


@pytest.fixture
def api():
    api = FakeApi()
    api.refusals.append(httpx.Response(200, json=ANSWER))
    return api


def test_waiting_times_are_printed_beside_those_that_were(proctor, api):
    words = ("audit", "simulate", *SPAN, "--executors", "5", "--executors", "10")
    status, out, _ = proctor(api, *words)
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0].startswith("3 runs of pool default, from 2026-11-23T12:00:00Z to")
    assert lines[1] == "what happened with 5 executors with 10 executors"
    assert "waiting, longest 30.0 s 30.0 s 3.0 s" in lines
    assert lines.index("priority 5, runs 2 2 2") < lines.index("priority 10, runs 1 1 1")
    assert "executors busy 87% 87% 87%" in lines
    assert "order as recorded 99.9 % 100.0 %" in lines
    assert lines[-1].startswith("2 attempts were cancelled, never began or are not over")


def test_the_question_is_passed_on(proctor, api):
    words = ("--executors", "5", "--priority-rule", "first-come", "--pool", "big")
    proctor(api, "audit", "simulate", *SPAN, *words)
    asked = api.requests[-1].url.params
    assert api.requests[-1].url.path == "/api/v1/queue/simulation"
    assert (asked["executors"], asked["rule"], asked["pool"]) == ("5", "first-come", "big")
    assert datetime.fromisoformat(asked["from"]) == datetime.fromisoformat(SPAN[1])


def test_json_is_what_the_api_answers(proctor, api):
    _, out, _ = proctor(api, "audit", "simulate", *SPAN, "--executors", "5", "--json")
    assert json.loads(out) == ANSWER


def test_a_priority_that_only_one_course_has_is_printed(proctor, api):
    only = course(5, 30.0, order_agreement=1.0, by_priority={"1": waits(7.0, 1)})
    api.refusals[0] = httpx.Response(200, json=ANSWER | {"simulated": [only]})
    _, out, _ = proctor(api, "audit", "simulate", *SPAN, "--executors", "5")
    assert "priority 1, longest 7.0 s" in [" ".join(line.split()) for line in out.splitlines()]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--executors", "5", "--from", "soon"), "--from soon: a time is needed, as in 2026-11-23"),
        (("--executors", "5", *SPAN[:2], "--to", SPAN[1]), "is not before"),
    ],
)
def test_a_span_that_is_none_is_one_clear_error(proctor, words, says):
    status, out, err = proctor(FakeApi(), "audit", "simulate", *words)
    assert (status, out) == (2, "")
    assert says in err


def test_what_the_server_refuses_is_said_in_its_words(proctor, api):
    detail = "executors.0: Input should be less than or equal to 1000"
    api.refusals[0] = httpx.Response(422, json={"title": "invalid request", "detail": detail})
    status, out, err = proctor(api, "audit", "simulate", *SPAN, "--executors", "2000")
    assert (status, out) == (2, "")
    assert detail in err


def test_a_number_of_executors_that_is_none_is_refused_at_once(proctor, capsys):
    with pytest.raises(SystemExit, match="2"):
        proctor(FakeApi(), "audit", "simulate", *SPAN, "--executors", "0")
    assert "'0' is not a whole number from 1 on" in capsys.readouterr().err
