"""Leadership: one dispatcher works at a time, and another takes over."""

from __future__ import annotations

import threading
import time

from dispatcher.leadership import Leadership
from runtime.database import connect
from runtime.lifecycle import Crew
from tests.support.waiting import wait_until


class Work:
    name = "work"

    def __init__(self) -> None:
        self.working = threading.Event()

    def run(self, stop):
        self.working.set()
        stop.wait()
        self.working.clear()


def test_one_works_and_the_other_takes_over_when_it_ends(database_url):
    first, second = Work(), Work()
    with Crew([Leadership(database_url, [second])]):
        second.working.wait(5)
        with Crew([Leadership(database_url, [first])]) as waiting:
            assert waiting.troubles == {}
            assert second.working.is_set()
            assert not first.working.is_set()
    with Crew([Leadership(database_url, [first])]):
        assert first.working.wait(5)


def test_a_leader_whose_session_is_cut_stops_working_before_it_leads_again(database_url):
    work = Work()
    leadership = Leadership(database_url, [work])
    with Crew([leadership]):
        assert work.working.wait(5)
        _end_sessions(database_url)
        wait_until(lambda: not leadership.leads, "the leader to notice", 5)
        assert not work.working.is_set()
        wait_until(lambda: leadership.leads, "it to lead again", 10)


def test_a_frozen_leader_is_replaced_within_five_seconds(database_url):
    frozen, awake = Work(), Work()
    with Crew([Leadership(database_url, [frozen], speak_every=3600)]):
        assert frozen.working.wait(5)
        since = time.monotonic()
        with Crew([Leadership(database_url, [awake])]):
            assert awake.working.wait(10)
            assert time.monotonic() - since < 5


def _end_sessions(url):
    with connect(url, "test") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'proctor leadership' AND datname = current_database()"
        )
