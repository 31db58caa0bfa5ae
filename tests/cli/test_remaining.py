"""How long it will take: the server's guess while runs wait, and the pace so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.remaining import remaining
from cli.shown import roughly
from tests.cli.fake_api import a_run

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(seconds):
    return (NOW + timedelta(seconds=seconds)).isoformat()


def waiting(starts_in=None):
    return a_run(1, estimated_start=None if starts_in is None else at(starts_in))


def running(since):
    return a_run(2, status="running", started_at=at(-since))


def over(took):
    return a_run(3, status="passed", duration=took)


@pytest.mark.parametrize(
    ("runs", "seconds"),
    [
        ([over(3)], 0),
        ([waiting()], None),
        ([running(5)], None),
        ([waiting(10), waiting(20)], 20),
        ([waiting(10), over(4), over(6)], 15),
        ([running(3), over(10)], 7),
        ([running(30), over(10)], 0),
        ([waiting(), waiting(), over(4)], 12),
        ([waiting(), waiting(), running(0), running(0), over(4)], 8),
    ],
)
def test_the_time_left(runs, seconds):
    assert remaining(runs, NOW) == seconds


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "1 s"), (41.4, "41 s"), (90, "2 min"), (5_400, "1 h 30 min")]
)
def test_it_is_said_as_people_say_it(seconds, said):
    assert roughly(seconds) == said
