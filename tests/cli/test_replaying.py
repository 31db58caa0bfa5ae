"""`proctor audit replay --from --to`, and what it says of spans that cannot be played."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.cli.fake_api import FakeApi
from tests.cli.test_commands import proctor

__all__ = ["proctor"]

BEGIN = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPAN = ("--from", "2026-11-23T12:00:00Z", "--to", "2026-11-23T12:01:40Z")
LINES = {"Content-Type": "application/x-ndjson"}


def frame(second):
    status = {
        "queued": second, "active": 1, "max_concurrent": 5, "paused": False, "position": second,
        "by_priority": {"5": second}, "oldest_queued_seconds": 1.5 if second else None,
        "executors": [{"id": "e1", "state": "running", "run_id": "0123456789"}],
    }  # fmt: skip
    return {"at": (BEGIN + timedelta(seconds=second)).isoformat(), "status": status}


@pytest.fixture
def api():
    api = FakeApi()
    lines = "".join(json.dumps(frame(second)) + "\n" for second in range(3))
    api.refusals.append(httpx.Response(200, text=lines, headers=LINES))
    return api


def test_each_frame_is_a_line_where_nobody_sits_at_a_terminal(proctor, api):
    status, out, _ = proctor(api, "audit", "replay", *SPAN, "--speed", "100")
    assert status == 0
    assert out.splitlines() == [
        "2026-11-23T12:00:00+00:00  1 active, 0 queued",
        "2026-11-23T12:00:01+00:00  1 active, 1 queued, the oldest waits 1.5 s",
        "2026-11-23T12:00:02+00:00  1 active, 2 queued, the oldest waits 1.5 s",
    ]


def test_the_speed_says_how_many_frames_there_are(proctor, api):
    proctor(api, "audit", "replay", *SPAN, "--speed", "20")
    asked = api.requests[-1].url.params
    assert asked["frames"] == "20"  # Four a second, for the five seconds that 100 take.
    assert datetime.fromisoformat(asked["from"]) == BEGIN


def test_json_is_what_the_api_answers(proctor, api):
    _, out, _ = proctor(api, "audit", "replay", *SPAN, "--json")
    assert [json.loads(line) for line in out.splitlines()] == [frame(n) for n in range(3)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "yesterday"), "--from yesterday: a time is needed, as in 2026-11-23T12:00:00Z"),
        (("--to", "2026-11-23T12:00:00Z"), "--to needs --from"),
        (("--at", "2026-11-23T12:00:00Z", *SPAN), "give one or the other"),
        ((*SPAN[2:], "--from", "2026-11-24T12:00:00Z"), "is not before"),
        ((*SPAN, "--speed", "0"), "--speed 0: a number above 0"),
    ],
)
def test_a_span_that_cannot_be_played_is_one_clear_error(proctor, words, says):
    status, out, err = proctor(FakeApi(), "audit", "replay", *words)
    assert (status, out) == (2, "")
    assert says in err
