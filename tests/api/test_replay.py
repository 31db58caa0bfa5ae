"""The queue at moments, and played from one to another."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest


def now():
    return datetime.now(UTC).isoformat()


def test_the_queue_is_played_frame_by_frame(api, buy):
    begin = now()
    for _ in range(3):
        api.admin.post("/runs", json=buy)
    end = now()
    asked = {"from": begin, "to": end, "frames": 12}
    frames = [
        json.loads(line) for line in api.admin.get("/queue/replay", params=asked).text.splitlines()
    ]
    assert len(frames) == 12
    queued = [frame["status"]["queued"] for frame in frames]
    assert (queued[0], queued[-1]) == (0, 3)
    assert queued == sorted(queued)
    for frame in frames[3::4]:
        alone = api.admin.get("/queue/status", params={"at": frame["at"]}).json()
        assert frame["status"] | {"oldest_queued_seconds": 0} == alone | {
            "oldest_queued_seconds": 0
        }


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            {"from": "2001-01-01T00:00:00Z", "to": now()},
            "is before the first event: the log begins",
        ),
        ({"from": now(), "to": "2001-01-01T00:00:00Z"}, "is not before 2001-01-01"),
        (
            {"from": now(), "to": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
            "is in the future",
        ),
        ({"from": "yesterday", "to": now()}, "from: Input should be a valid datetime"),
    ],
)
def test_a_span_that_cannot_be_played_is_refused_with_the_reason(api, asked, says):
    answer = api.admin.get("/queue/replay", params=asked)
    assert (answer.status_code, says in answer.json()["detail"]) == (422, True), answer.text


def test_a_moment_before_the_first_event_is_refused_with_the_reason(api):
    answer = api.admin.get("/queue/status", params={"at": "2001-01-01T00:00:00Z"})
    assert answer.status_code == 422
    assert "at: 2001-01-01T00:00:00+00:00 is before the first event" in answer.json()["detail"]
