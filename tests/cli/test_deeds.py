"""`proctor audit log`: who did what, for reading and for scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cli.serving import _ensure_admin_key
from runtime.settings import Settings
from tests.cli.fake_api import FakeApi, an_event, run_id
from tests.cli.test_commands import proctor

__all__ = ["proctor"]

DEED = {
    "position": 41, "at": "2026-11-23T12:00:00.123456Z", "by": f"key:{run_id(7)}",
    "key_name": "ci \x1b[31m", "origin": "192.0.2.7", "type": "PriorityChanged", "noun": "run",
    "subject": run_id(1), "description": "Buy one: priority 5 -> 1",
}  # fmt: skip
FIRST = DEED | {
    "position": 1, "by": "first start", "key_name": None, "origin": "cli@build-7",
    "type": "KeyCreated", "noun": "key", "description": "admin, admin",
}  # fmt: skip


@pytest.fixture
def api():
    api = FakeApi()
    api.refusals.append(httpx.Response(200, json={"items": [DEED, FIRST], "next": None}))
    return api


def asked(api):
    return api.requests[-1].url.params


def test_it_lists_who_did_what_from_where(proctor, api, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    status, out, _ = proctor(api, "audit", "log")
    _, deed, first = out.splitlines()
    assert status == 0
    assert deed.split() == [
        "41", "2026-11-23", "12:00:00", "ci", "[31m", f"({run_id(7)[:8]})", "192.0.2.7",
        "PriorityChanged", "run", run_id(1)[:8], "Buy", "one:", "priority", "5", "->", "1",
    ]  # fmt: skip
    assert "first start" in first
    assert "cli@build-7" in first
    assert "\x1b" not in out


def test_for_scripts_it_is_what_the_api_says(proctor, api):
    status, out, _ = proctor(api, "audit", "log", "--json")
    assert (status, json.loads(out)) == (0, {"items": [DEED, FIRST], "next": None})


def test_what_is_asked_goes_to_the_server(proctor, api):
    proctor(api, "audit", "log", "--who", "ci", "--what", "key", "--what", "QueuePaused",
            "--since", "2026-11-23T12:00:00", "--limit", "7")  # fmt: skip
    assert asked(api).get_list("what") == ["key", "QueuePaused"]
    assert (asked(api)["who"], asked(api)["limit"]) == ("ci", "7")
    assert asked(api)["since"] == "2026-11-23T12:00:00+00:00"


@pytest.mark.parametrize(("age", "ago"), [("2h", {"hours": 2}), ("3d", {"days": 3})])
def test_a_time_may_be_said_as_so_long_ago(proctor, api, age, ago):
    proctor(api, "audit", "log", "--since", age)
    since = datetime.fromisoformat(asked(api)["since"])
    assert abs(datetime.now(UTC) - timedelta(**ago) - since) < timedelta(minutes=1)


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("wrong", ["yesterday", "2 h", "999999w"])
def test_a_time_that_is_none_is_refused_before_anything_is_asked(proctor, api, option, wrong):
    status, _, err = proctor(api, "audit", "log", option, wrong)
    assert (status, len(api.requests)) == (2, 0)
    assert err.startswith(f"{option} {wrong}: a time is needed, as in 2026-11-23T12:00:00Z, or an")


def test_a_runs_events_say_where_its_commands_came_from(proctor):
    api, run = FakeApi(), run_id(1)
    api.events[run] = [
        an_event(1, run, "RunRequested") | {"by": "key:1", "origin": "192.0.2.7"},
        an_event(2, run, "RunStarted"),
    ]
    _, out, _ = proctor(api, "events", run)
    requested, started = out.splitlines()
    assert "key:1 from 192.0.2.7" in requested
    assert " from " not in started


def test_the_first_key_is_made_by_a_command_on_this_machine(log, tmp_path):
    _ensure_admin_key(log, Settings(data_dir=tmp_path))
    (made,) = [recorded.event for recorded in log.read(0)]
    assert (made.by, made.origin[:4]) == ("first start", "cli@")
