"""The past: at any moment the views are what they were then, and what a plain replay makes."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.sql import SQL, Identifier

from projections import reader, views
from projections.past import stretch
from projections.past.stretch import BeforeTheLogError
from projections.past.tables import TABLES
from projections.rebuild import rebuild
from projections.unavailable import TooManyLooksError, ViewsBehindError
from runtime.database import connect
from tests.projections.projected import passed, started, submit
from tests.projections.test_views import a_busy_history, said
from tests.support.examples import FAILURE, PRESSED, in_words
from tests.support.waiting import wait_until

NAMES = ["position", *(table.name for table in TABLES)]


def rows(connection):
    return {
        name: sorted(
            map(
                str, connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall()
            )
        )
        for name in NAMES
    }


def live(projected):
    with connect(projected.url, "test") as connection, connection.transaction():
        views.enter(connection, views.LIVE)
        return rows(connection)


def at(projected, moment):
    with projected.reader.at(moment) as snapshot:
        return rows(snapshot._connection)


def replayed(projected, position):
    """Event by event from the first, into tables of its own."""
    with (
        connect(projected.url, "test") as connection,
        connection.transaction(force_rollback=True),
    ):
        connection.execute("CREATE SCHEMA plain")
        views.enter(connection, "plain")
        views.make_tables(connection)
        for recorded in projected.log.read(0, 10_000):
            if recorded.position <= position:
                views.project(connection, [recorded])
        return rows(connection)


def something_happens(log, rng):
    """One of the things that happen to runs, whichever can."""
    spoken = {"steps": in_words().steps} if rng.random() < 0.5 else {}
    waiting = submit(log, priority=rng.randint(1, 10), **spoken)
    if rng.random() < 0.3:
        log.append(waiting.change_priority("me", rng.randint(1, 10)))
    if rng.random() < 0.2:
        return
    run = started(log, log.run(waiting.id))
    if rng.random() < 0.5:
        log.append(said(run, PRESSED))
    match rng.choice(["passes", "fails", "is lost", "is cancelled", "goes on"]):
        case "passes":
            passed(log, log.run(run.id))
        case "fails":
            log.append(log.run(run.id).fail("e1", error=FAILURE, duration=1.0))
        case "is lost":
            log.append(*log.run(run.id).give_up_attempt("e1", FAILURE))
        case "is cancelled":
            log.append(log.run(run.id).cancel("me"))


@pytest.mark.parametrize("seed", range(3))
def test_every_moment_is_shown_as_the_live_views_were_then(projected, log, seed):
    rng = random.Random(seed)
    recorded = []
    for _ in range(25):
        something_happens(log, rng)
        projected.follow()
        recorded.append((datetime.now(UTC), live(projected)))
    rng.shuffle(recorded)
    for moment, then in recorded:
        assert at(projected, moment) == then


def test_every_moment_equals_a_plain_replay_from_the_first_event(projected, log):
    a_busy_history(log)
    projected.follow()
    for recorded in log.read(0, 1_000):
        position = max(
            other.position for other in log.read(0, 1_000) if other.event.at <= recorded.event.at
        )
        assert at(projected, recorded.event.at) == replayed(projected, position)


def test_a_moment_that_the_views_have_not_come_to_yet_is_shown(projected, log):
    submit(log)
    projected.follow()
    run = submit(log)
    with projected.reader.at(datetime.now(UTC)) as snapshot:
        assert snapshot.run(run.id)["status"] == "queued"


def test_one_moment_after_the_other_is_shown_as_each_alone(projected, log):
    rng = random.Random(7)
    moments = []
    for _ in range(12):
        something_happens(log, rng)
        moments.append(datetime.now(UTC))
    projected.follow()
    alone = [at(projected, moment) for moment in moments]
    assert [rows(frame._connection) for frame in projected.reader.frames(moments)] == alone


def test_views_are_made_anew_while_somebody_looks_at_the_past(projected, log):
    run = submit(log)
    projected.follow()
    looking = projected.reader.frames([datetime.now(UTC)] * 2)
    next(looking)
    with ThreadPoolExecutor(1) as pool:
        rebuilding = pool.submit(rebuild, projected.url, log)
        wait_until(lambda: swapped(projected), "the new views to be in place")
        assert next(looking).run(run.id)["status"] == "queued"
        looking.close()
        assert rebuilding.result(10) == log.head()


def swapped(projected):
    with connect(projected.url, "test") as connection:
        return views.exists(connection, "views_old")


def test_many_moments_of_one_stretch_take_no_more_locks_than_one(projected, log):
    submit(log)
    projected.follow()
    locks = []
    for frame in projected.reader.frames([datetime.now(UTC)] * 40):
        row = frame._connection.execute("SELECT count(*) AS held FROM pg_locks").fetchone()
        locks.append(row["held"])
    assert locks[-1] <= locks[1]


def test_only_so_many_look_at_the_past_at_once(projected, log, monkeypatch):
    monkeypatch.setattr(reader, "_PATIENCE", 0.05)
    submit(log)
    projected.follow()
    with ExitStack() as looking:
        for _ in range(reader._MOST_LOOKS):
            looking.enter_context(projected.reader.at(datetime.now(UTC)))
        with pytest.raises(TooManyLooksError, match="6 others look at the past right now"):
            at(projected, datetime.now(UTC))
    assert at(projected, datetime.now(UTC))


def test_views_that_are_far_behind_say_so_instead_of_reading_it_all(projected, log, monkeypatch):
    submit(log)
    projected.follow()
    monkeypatch.setattr(stretch, "_MOST_BEHIND", 3)
    for _ in range(4):
        submit(log)
    with pytest.raises(ViewsBehindError, match="4 events behind the log"):
        at(projected, datetime.now(UTC))


def test_a_moment_before_the_first_event_is_refused_by_name(projected, log):
    submit(log)
    projected.follow()
    early = datetime(2000, 1, 1, tzinfo=UTC)
    with pytest.raises(BeforeTheLogError, match=r"2000-01-01.* is before the first event: the log"):
        at(projected, early)


def test_a_clock_that_is_behind_takes_nothing_of_what_was_already_there(projected, log):
    run = submit(log)
    slow = started(log, submit(log)).pass_("e1", duration=1.0)
    log.append(slow.model_copy(update={"at": slow.at - timedelta(hours=1)}))
    projected.follow()
    with projected.reader.at(slow.at - timedelta(minutes=30)) as snapshot:
        assert snapshot.run(run.id) is not None
