"""`proctor pause`, `resume` and `drain`."""

from __future__ import annotations

import json

import pytest

from tests.cli.fake_api import FakeApi
from tests.cli.test_commands import proctor

__all__ = ["proctor"]


@pytest.fixture
def api():
    api = FakeApi()
    api.executors = [{"id": f"e {n}", "state": "idle", "run_id": None} for n in (1, 2, 3)]
    return api


def test_the_queue_is_paused_and_goes_on(proctor, api):
    assert proctor(api, "pause")[1].splitlines()[0] == "the queue is paused"
    assert api.paused
    assert proctor(api, "resume")[1].splitlines()[0] == "the queue is not paused"
    assert not api.paused


def test_several_executors_are_drained_at_once(proctor, api):
    _, out, _ = proctor(api, "drain", "e 1", "e 3")
    assert out.splitlines()[1:] == ["e 1 is drained", "e 2 is idle", "e 3 is drained"]


def test_an_executor_is_resumed_and_the_queue_is_not(proctor, api):
    api.paused = True
    proctor(api, "drain", "e 1")
    _, out, _ = proctor(api, "resume", "e 1", "--json")
    assert [e["state"] for e in json.loads(out)["executors"]] == ["idle"] * 3
    assert api.paused


def test_a_name_that_nobody_has_is_an_error(proctor, api):
    status, out, err = proctor(api, "drain", "e 9")
    assert (status, out, len(err.splitlines())) == (2, "", 1)
