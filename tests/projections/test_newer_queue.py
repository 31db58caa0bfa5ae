"""A queue's course with events of which this Proctor knows the names alone."""

from __future__ import annotations

from domain.ageing import AgeingRule
from domain.run import evolve
from domain.run_queue import QUEUE_ID
from projections.simulation.playing import play
from projections.simulation.priority_rules import PriorityRule
from projections.simulation.recording import SECOND
from projections.simulation.simulation import simulate
from tests.projections.histories import History, seconds

NEVER = AgeingRule(0)


def took(recording):
    """How long the attempts of each run took."""
    return [[attempt.takes / SECOND for attempt in run.attempts] for run in recording.runs]


def test_a_verdict_in_a_newer_form_ends_its_run():
    history = History()
    ended, later = history.request(0), history.request(seconds(100))
    history.start(ended, 0)
    history.newer(seconds(10), "RunPassed", ended)
    history.ran(later, seconds(100), seconds(200))
    recording = history.recording()
    assert took(recording) == [[10.0], [100.0]]
    assert (recording.most_at_once, recording.estimated) == (1, 0)


def test_a_cancellation_in_a_newer_form_is_one():
    history = History()
    other, cancelled = history.request(0), history.request(0)
    history.start(other, 0)
    history.newer(seconds(5), "RunCancelled", cancelled)
    history.append(seconds(10), history.runs[other].pass_("e1", duration=0.0))
    was, (one,) = simulate(history.recording(), [1], PriorityRule.RECORDED, NEVER)
    assert was.never_started == one.figures.never_started == 1


def test_a_pause_in_a_newer_form_holds_starts_back():
    history = History()
    history.newer(0, "QueuePaused", QUEUE_ID)
    run = history.request(seconds(1))
    history.newer(seconds(60), "QueueResumed", QUEUE_ID)
    history.ran(run, seconds(61), seconds(62))
    course = play(history.recording(), 10, PriorityRule.RECORDED, NEVER)
    assert [stay.began / SECOND for stay in course.stays] == [60.0]


def test_an_attempt_whose_start_is_in_a_newer_form_is_left_out():
    history = History()
    known, newer = history.request(0), history.request(0)
    history.ran(known, 0, seconds(5))
    waiting = history.runs[newer]
    history.newer(seconds(5), "RunStarted", newer)
    history.runs[newer] = evolve(waiting, waiting.start("e1", waiting.dispatch_id))
    history.give_back(newer, seconds(9))
    history.ran(newer, seconds(9), seconds(11))
    recording = history.recording()
    assert took(recording) == [[5.0], [2.0]]
    was, (one,) = simulate(recording, [1], PriorityRule.RECORDED, NEVER)
    assert was.waiting_seconds.count == one.figures.waiting_seconds.count == 1
