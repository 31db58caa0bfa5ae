"""The API while the views are behind the log: what was accepted is there."""

from __future__ import annotations

from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from api.receipts import Receipts
from api.requests import after_a_write
from runtime.unreachable import UncertainError
from tests.support.waiting import in_loop


@contextmanager
def views_held_back(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT position FROM views.position FOR UPDATE")
        yield


def test_a_run_is_shown_and_cancelled_before_any_view_has_it(api, buy, database_url):
    with views_held_back(database_url):
        run = api.admin.post("/runs", json=buy).json()
        shown = api.admin.get(f"/runs/{run['id']}")
        assert (shown.status_code, shown.json()["status"]) == (200, "queued")

        cancelled = api.admin.post(f"/runs/{run['id']}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
        assert cancelled.json()["error"]["kind"] == "cancelled"
        assert int(cancelled.headers["Proctor-Position"]) > int(shown.headers["Proctor-Position"])


def test_a_change_is_answered_with_itself_though_the_views_do_not_show_it(api, buy, database_url):
    run = api.admin.post("/runs", json=buy | {"priority": 5}).json()
    with views_held_back(database_url):
        changed = api.admin.patch(f"/runs/{run['id']}", json={"priority": 1})
        assert (changed.status_code, changed.json()["priority"]) == (200, 1)


def test_what_nobody_asked_for_is_not_there_either(api, database_url):
    with views_held_back(database_url):
        assert api.admin.get(f"/runs/{uuid4()}").status_code == 404


class Reached:
    async def reached(self, position, seconds):
        return True


class LostReader:
    def now(self):
        raise psycopg.OperationalError("terminating connection")


@in_loop
async def test_an_accepted_run_stays_accepted_when_its_receipt_cannot_be_read():
    assert await Receipts(LostReader(), Reached(), lambda: 5).of(uuid4(), 7) == (None, 7)


def test_a_database_lost_after_a_write_does_not_sound_as_if_nothing_had_happened():
    with pytest.raises(UncertainError), after_a_write():
        raise psycopg.OperationalError("terminating connection")
