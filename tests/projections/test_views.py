"""The views: what they show of the log, and that a fresh replay shows the same."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from projections.reader import ViewReader
from projections.rebuild import rebuild
from projections.run_queries import RunFilter
from tests.projections.projected import passed, started, submit
from tests.support.examples import FAILURE, PRESSED, every_event, in_words


def a_busy_history(log):
    for priority in (5, 1, 9, 5):
        submit(log, priority=priority)
    flaky = started(log, submit(log, retries=1))
    log.append(flaky.fail_attempt("e1", error=FAILURE, duration=0.5))
    log.append(log.run(flaky.id).requeue("e1"))
    passed(log, started(log, log.run(flaky.id)), 2.0)
    spoken = started(log, submit(log, steps=in_words().steps))
    log.append(said(spoken, PRESSED))
    passed(log, log.run(spoken.id))
    running = started(log, submit(log))
    log.append(running.pass_step("e1", index=0, step="goto /", started=0.0, duration=0.1))
    log.append(running_failed(log, running))
    submitted = submit(log)
    log.append(submitted.change_priority("me", 2))
    cancelled = submit(log)
    log.append(cancelled.cancel("me"))
    log.append(log.queue().pause("me"))
    test = [e for e in every_event() if e.TOPIC.startswith(("Test", "Key"))]
    for event in test:
        log.append(event)


def said(run, decision):
    return run.pass_step("e1", index=1, step="act", started=0.0, duration=0.1, decision=decision)


def running_failed(log, run):
    return log.run(run.id).fail("e1", error=FAILURE, duration=1.0)


def test_waiting_runs_have_their_place_by_urgency_then_by_arrival(projected, log):
    runs = [submit(log, priority=priority, name=f"p{priority}") for priority in (5, 1, 5, 10)]
    with projected.now() as snapshot:
        places = {row["id"]: row["queue_position"] for row in snapshot.runs(RunFilter())}
        assert [places[run.id] for run in runs] == [2, 1, 3, 4]
        assert snapshot.run(runs[2].id)["queue_position"] == 3
        assert snapshot.queued() == {("default", 1): 1, ("default", 5): 2, ("default", 10): 1}


def test_a_running_run_shows_who_runs_it_and_how_far_it_is(projected, log):
    run = started(log, submit(log))
    log.append(run.pass_step("e1", index=0, step="goto /", started=0.0, duration=0.1))
    with projected.now() as snapshot:
        row = snapshot.running()[0]
        assert (row["executor"], row["steps_passed"], row["steps_total"]) == ("e1", 1, 4)
        assert row["queue_position"] is None


def test_a_verdict_shows_with_its_error(projected, log):
    run = started(log, submit(log))
    log.append(run.fail("e1", error=FAILURE, duration=1.5))
    with projected.now() as snapshot:
        row = snapshot.run(run.id)
    assert (row["status"], row["duration"]) == ("failed", 1.5)
    assert row["error"] == FAILURE.model_dump()


def test_statistics_count_verdicts_and_measure_times(projected, log):
    for seconds in (1.0, 2.0, 4.0):
        passed(log, started(log, submit(log, name="Buy")), seconds)
    log.append(running_failed(log, started(log, submit(log, name="Sell"))))
    with projected.now() as snapshot:
        figures = snapshot.statistics(date(2000, 1, 1))
    total = next(f for f in figures if f.test is None and f.day is None).as_json()
    assert (total["runs"], total["passed"], total["failed"]) == (4, 3, 1)
    assert total["pass_rate"] == 0.75
    buy = next(f for f in figures if f.test == "Buy").as_json()
    assert buy["duration_seconds"]["p50"] == pytest.approx(2.0, rel=0.06)
    assert buy["duration_seconds"]["p99"] == pytest.approx(4.0, rel=0.06)


def by_group(snapshot, since, test):
    return {(f.test, f.day): f for f in snapshot.statistics(since, test)}


def verdict(log, at, duration):
    run = started(log, submit(log))
    log.append(run.pass_("e1", duration=duration).model_copy(update={"at": at}))


def test_statistics_answered_before_equal_those_counted_afresh(projected, log):
    since = date(2026, 1, 1)
    for day, duration in ((1, 1.0), (1, 2.0), (2, 4.0), (1, 8.0), (3, 1.0), (2, 2.0), (3, 3.0)):
        verdict(log, datetime(2026, 1, day, 12, tzinfo=UTC), duration)
        projected.follow()
        fresh = ViewReader(projected.url, log, connections=1)
        for name in (None, "Buy", "Sell"):
            with projected.reader.now() as answered, fresh.now() as counted:
                assert by_group(answered, since, name) == by_group(counted, since, name)
        fresh.close()


def test_filters_narrow_the_list(projected, log):
    web, api = submit(log, labels={"team": "web"}), submit(log, labels={"team": "api"})
    started(log, api)
    with projected.now() as snapshot:
        found = snapshot.runs(RunFilter(labels={"team": "web"}))
        assert [row["id"] for row in found] == [web.id]
        assert [row["id"] for row in snapshot.runs(RunFilter(statuses=["running"]))] == [api.id]


def test_the_views_equal_a_fresh_replay_of_the_log(projected, log):
    a_busy_history(log)
    projected.follow()
    before = projected.everything()
    rebuild(projected.url, log)
    assert projected.everything() == before


def test_the_views_go_on_after_a_rebuild(projected, log):
    a_busy_history(log)
    projected.follow()
    rebuild(projected.url, log)
    late = submit(log)
    with projected.now() as snapshot:
        assert snapshot.run(late.id)["status"] == "queued"
        assert snapshot.position == log.head()


def test_two_followers_do_no_work_twice(projected, log):
    a_busy_history(log)
    projected.follow()
    before = projected.everything()
    projected.follow()
    assert projected.everything() == before


def test_the_past_is_shown_as_it_was(projected, log):
    run = submit(log)
    moment = datetime.now(UTC)
    started(log, run)
    projected.follow()
    with projected.reader.at(moment) as snapshot:
        assert snapshot.run(run.id)["status"] == "queued"
        assert snapshot.running() == []
    with projected.reader.at(datetime.now(UTC)) as snapshot:
        assert [row["id"] for row in snapshot.running()] == [run.id]
