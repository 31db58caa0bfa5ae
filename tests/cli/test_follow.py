"""Following runs: by the live stream, over breaks and restarts, and where there is no stream."""

from __future__ import annotations

import copy

import httpx
import pytest

from cli.client import ClientError
from cli.follow import _Following, follow
from tests.cli.fake_api import FakeApi, a_run, an_event, run_id, streamed


def followed(api: FakeApi, **options):
    submitted = copy.deepcopy(list(api.runs.values()))
    return follow(api.client(), submitted, 7, **options)


def statuses(runs) -> list[str]:
    return [run["status"] for run in runs]


class Following(_Following):
    """Notes the largest number of steps it ever showed."""

    most_steps = 0

    def _check_deadline(self) -> None:
        shown = max(run["steps_passed"] for run in self.runs.values())
        self.most_steps = max(self.most_steps, shown)
        super()._check_deadline()


def test_verdicts_come_by_the_stream_and_the_order_is_that_of_the_suite(capsys):
    api = FakeApi(a_run(1), a_run(2), verdicts={"test 1": {"status": "failed"}})
    assert statuses(followed(api)) == ["failed", "passed"]
    assert api.asked["GET /stream"] == 1
    assert api.requests[1].url.params["after"] == "7"
    assert capsys.readouterr().out.splitlines() == [
        "failed        0.5 s  test 1  (expected passed)  [1/2, about 1 s left]",
        "passed        0.5 s  test 2  [2/2]",
    ]


def test_a_break_is_gone_on_from_and_nothing_is_said_twice(capsys):
    api = FakeApi(a_run(1), a_run(2))
    api.streams = [httpx.ReadError("cut"), streamed(an_event(8, run_id(1), "RunStarted"))]
    assert statuses(followed(api)) == ["passed", "passed"]
    streams = [r for r in api.requests if r.url.path.endswith("/stream")]
    assert [r.url.params["after"] for r in streams] == ["7", "7", "8"]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_server_that_is_restarted_is_waited_for():
    api = FakeApi(a_run(1))
    api.streams = [httpx.ReadError("killed"), httpx.ConnectError("down")]
    gone = [httpx.ConnectError("down")] * 7
    first = httpx.Response(200, json={"items": list(api.runs.values()), "next": None})
    api.refusals = [first, *gone]
    assert statuses(followed(api)) == ["passed"]


def test_a_server_that_stays_away_ends_the_waiting():
    api = FakeApi(a_run(1))
    api.refusals = [httpx.ConnectError("down")] * 1_000
    with pytest.raises(ClientError, match="the server stays away: no Proctor server answers"):
        followed(api)
    assert 20 < sum(api.pauses) < 60


def test_without_a_stream_the_runs_are_looked_at_again_and_again():
    api = FakeApi(a_run(1))
    api.streams = [httpx.Response(404, text="<html>")] * 30
    running = {"items": [a_run(1, status="running")], "next": None}
    over = {"items": [a_run(1, status="passed")], "next": None}
    api.refusals = [httpx.Response(200, json=running)] * 25 + [httpx.Response(200, json=over)]
    assert statuses(followed(api)) == ["passed"]
    assert max(api.pauses) <= 2


def test_half_an_event_at_the_end_of_a_stream_is_read_again():
    api = FakeApi(a_run(1))
    api.streams = [httpx.Response(200, text='id: 8\ndata: {"position": 8, "ru')]
    assert statuses(followed(api)) == ["passed"]


def test_runs_that_ended_before_the_stream_began_are_not_missed():
    api = FakeApi(a_run(1, status="passed"))
    runs = follow(api.client(), [a_run(1)], 7)
    assert statuses(runs) == ["passed"]
    assert api.asked["GET /stream"] == 0


def test_a_thousand_requests_are_not_a_thousand_looks():
    api = FakeApi(*(a_run(number) for number in range(1, 101)))
    requested = [an_event(8, one, "RunRequested") for one in api.runs]
    api.streams = [streamed(*requested)]
    assert len(followed(api)) == 100
    assert sum(n for path, n in api.asked.items() if path.startswith("GET /runs/")) <= 100


def test_steps_seen_already_are_not_counted_again():
    running = a_run(1, status="running", steps_passed=2)
    api = FakeApi(running)
    steps = [an_event(8 + n, run_id(1), "StepPassed", attempt=1, index=n) for n in range(2)]
    api.streams = [streamed(*steps, an_event(10, run_id(2), "RunStarted"))]
    submitted = [a_run(1)]
    following = Following(api.client(), {run["id"]: run for run in submitted})
    assert [run["id"] for run in following.verdicts(7)] == [run_id(1)]
    assert following.most_steps == 2


def test_giving_up_after_a_time_says_how_many_are_left():
    api = FakeApi(a_run(1), a_run(2))
    api.streams = [streamed()] * 1_000
    with pytest.raises(ClientError, match="gave up waiting: 2 runs have no verdict yet"):
        followed(api, timeout=1e-9)


def test_hostile_names_are_shown_as_text(capsys):
    api = FakeApi(a_run(1, name="\x1b[2Ja\u202eb [red]c\nd"))
    followed(api)
    assert capsys.readouterr().out == "passed        0.5 s  [2Jab [red]c d  [1/1]\n"


def test_with_json_nothing_is_said_on_the_way(capsys):
    followed(FakeApi(a_run(1)), quiet=True)
    assert capsys.readouterr().out == ""
