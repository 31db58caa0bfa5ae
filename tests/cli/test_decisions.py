"""What steps in words were decided to mean, for reading."""

from __future__ import annotations

import pytest

from tests.cli.fake_api import FakeApi, a_run, an_event, run_id
from tests.cli.test_commands import proctor
from tests.support.examples import JUDGED, PRESSED, READ

__all__ = ["proctor"]

ELSEWHERE = PRESSED.model_copy(
    update={"actions": (PRESSED.actions[0].model_copy(update={"selector": "/html[1]/p[1]"}),)}
)


def shown(decision):
    return decision.model_dump(mode="json")


def listed(version, decision, *, known=True):
    return {
        "test": "Buy one", "suite": "", "words": "act", "instruction": decision.instruction,
        "nth": 1, "version": version, "known": known, "forgotten": False, "run_id": run_id(7),
        "known_at": "2026-11-23T12:00:00Z", "decision": shown(decision),
    }  # fmt: skip


@pytest.fixture
def api():
    api = FakeApi()
    api.decisions = [listed(1, PRESSED, known=False), listed(2, ELSEWHERE)]
    return api


def test_each_version_is_listed_with_what_it_does(proctor, api, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    status, out, _ = proctor(api, "decisions", "Buy one")
    first, second = out.splitlines()[1:]
    assert status == 0
    assert 'click button "Buy now"' in first
    assert "known" not in first
    assert "known" in second


def test_the_difference_between_versions_is_shown(proctor, api):
    _, out, _ = proctor(api, "decisions", "Buy one", "--diff")
    assert "act press the buy button: version 2" in out
    assert '- click button "Buy now"  /html[1]/body[1]/button[1]' in out
    assert '+ click button "Buy now"  /html[1]/p[1]' in out


def test_forgetting_says_how_many(proctor, api):
    status, out, _ = proctor(api, "decisions", "Buy one", "--forget", "--instruction", "press it")
    assert (status, out) == (0, "2 forgotten\n")
    assert dict(api.requests[-1].url.params) == {"test": "Buy one", "instruction": "press it"}


def test_events_tell_how_each_decision_came_about(proctor):
    api = FakeApi(a_run(1))
    api.events[run_id(1)] = [
        an_event(8, run_id(1), "StepPassed", step="act", decision=shown(PRESSED)),
        an_event(9, run_id(1), "StepPassed", step="extract", decision=shown(READ)),
        an_event(10, run_id(1), "StepFailed", step="verify", decision=shown(JUDGED)),
    ]
    _, out, _ = proctor(api, "events", run_id(1))
    first, second, third = out.splitlines()
    assert 'decision=model: click button "Buy now" (940 tokens)' in first
    assert "decision=healed: {'total': '$42'}" in second
    assert "decision=replayed: it does not" in third
