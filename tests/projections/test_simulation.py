"""A simulated queue: what happened is reproduced, and what would have happened is what must."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from domain.ageing import AgeingRule
from domain.dispatch import Dispatch
from domain.run_queue import QUEUE_ID, RunQueue
from executor.claim import decide
from projections.simulation.agreement import order_agreement
from projections.simulation.course import happened
from projections.simulation.playing import play
from projections.simulation.priority_rules import PriorityRule
from projections.simulation.recording import SECOND
from projections.simulation.refusals import NothingToGoByError
from projections.simulation.simulation import simulate
from tests.projections.driven_queue import SPREAD, DrivenQueue
from tests.projections.histories import History, seconds

NEVER = AgeingRule(0)
MINUTE = AgeingRule(60.0)


def starts(recording, executors=1, rule=PriorityRule.RECORDED, ageing=NEVER):
    """Who starts, by number, and after how many seconds."""
    course = play(recording, executors, rule, ageing)
    return [(stay.run.run_id.int, stay.began / SECOND) for stay in course.stays if stay.starts]


def three_by_one_executor(priorities, takes):
    """All asked for at once, and run one after the other in that order."""
    history = History()
    runs = [history.request(0, priority=p, name=f"p{p}") for p in priorities]
    began = 0
    for run, long in zip(runs, takes, strict=True):
        history.ran(run, seconds(began), seconds(began + long))
        began += long
    return history


def taken_over(run):
    """By another executor, who has the same message after the first one is gone."""
    dispatch = Dispatch(run.id, run.attempt, run.priority, run.claimed_by)
    return decide(run, "e2", dispatch, redelivered=True)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("executors", [1, 3, 5])
def test_with_the_recorded_executors_the_real_queue_is_reproduced_exactly(executors, seed):
    recording = DrivenQueue(executors, seed).run(150).recording()
    was, (simulated,) = simulate(recording, [executors], PriorityRule.RECORDED, MINUTE)
    assert recording.most_at_once == executors
    assert simulated.order_agreement == 1.0
    assert simulated.figures == was


@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.9])
def test_a_span_that_begins_in_the_middle_takes_up_who_waits_and_runs(share):
    history = DrivenQueue(3, seed=1).run(150)
    recording = history.recording(round(SPREAD * share), paused=1 / 3 < share < 1 / 2)
    assert any(run.standing for run in recording.runs)
    was, (simulated,) = simulate(recording, [3], PriorityRule.RECORDED, MINUTE)
    assert simulated.order_agreement == 1.0
    assert simulated.figures == was


def test_more_executors_wait_less_and_fewer_wait_more():
    recording = DrivenQueue(3, seed=2).run(150).recording()
    was, (two, three, six) = simulate(recording, [2, 3, 6], PriorityRule.RECORDED, MINUTE)
    longest = [each.figures.waiting_seconds.longest for each in (two, three, six)]
    assert longest == sorted(longest, reverse=True)
    assert longest[0] > longest[1] == was.waiting_seconds.longest > longest[2]
    assert six.figures.busy_share < was.busy_share
    assert two.figures.makespan_seconds > was.makespan_seconds


def test_the_same_recording_always_comes_to_the_same():
    def once():
        recording = DrivenQueue(3, seed=3).run(100).recording()
        return [
            asdict(simulated)
            for rule in PriorityRule
            for simulated in simulate(recording, [1, 4], rule, MINUTE)[1]
        ]

    assert once() == once()


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        (PriorityRule.RECORDED, [3, 1, 2]),
        (PriorityRule.NO_AGEING, [3, 1, 2]),
        (PriorityRule.FIRST_COME, [1, 2, 3]),
        (PriorityRule.SHORTEST_FIRST, [2, 3, 1]),
    ],
)
def test_the_rule_says_who_comes_first(rule, order):
    recording = three_by_one_executor(priorities=[5, 5, 1], takes=[30, 10, 20]).recording()
    assert [run for run, _ in starts(recording, rule=rule)] == order


def test_waiting_raises_urgency_by_the_rule_of_ageing():
    history = History()
    first, patient = history.request(0, priority=1), history.request(1, priority=4)
    urgent = history.request(seconds(130), priority=3)
    history.ran(first, 0, seconds(140))
    history.ran(patient, seconds(140), seconds(150))
    history.ran(urgent, seconds(150), seconds(160))
    recording = history.recording()
    assert [run for run, _ in starts(recording, ageing=MINUTE)] == [1, 2, 3]
    without = starts(recording, rule=PriorityRule.NO_AGEING, ageing=MINUTE)
    assert [run for run, _ in without] == [1, 3, 2]


def test_a_person_s_change_of_priority_comes_when_it_came():
    history = three_by_one_executor([5, 5, 5], [10, 10, 10])
    other = History()
    runs = [other.request(0) for _ in range(3)]
    other.append(seconds(5), other.runs[runs[2]].change_priority("somebody", 1))
    other.ran(runs[0], seconds(5), seconds(15))
    other.ran(runs[2], seconds(15), seconds(25))
    other.ran(runs[1], seconds(25), seconds(35))
    assert [run for run, _ in starts(history.recording())] == [1, 2, 3]
    assert [run for run, _ in starts(other.recording())] == [1, 3, 2]
    assert [run for run, _ in starts(other.recording(), rule=PriorityRule.FIRST_COME)] == [1, 2, 3]


def test_a_pause_holds_starts_back():
    history = History()
    history.append(0, RunQueue(QUEUE_ID).pause("somebody"))
    run = history.request(seconds(1))
    history.append(seconds(60), RunQueue(QUEUE_ID, 1, paused=True).resume("somebody"))
    history.ran(run, seconds(61), seconds(62))
    assert starts(history.recording(), executors=10) == [(1, 60.0)]


def test_a_pause_from_before_the_span_holds_starts_back():
    history = History()
    history.append(0, RunQueue(QUEUE_ID).pause("somebody"))
    run = history.request(seconds(10))
    history.append(seconds(60), RunQueue(QUEUE_ID, 1, paused=True).resume("somebody"))
    history.ran(run, seconds(61), seconds(62))
    recording = history.recording(since=seconds(5), paused=True)
    assert starts(recording, executors=10) == [(1, 55.0)]


def test_a_run_that_was_cancelled_while_it_waited_runs_if_it_comes_sooner():
    history = three_by_one_executor([5, 5], [20, 10])
    cancelled = history.request(seconds(1))
    history.append(seconds(25), history.runs[cancelled].cancel("somebody"))
    recording = history.recording()
    was, (one, two) = simulate(recording, [1, 2], PriorityRule.RECORDED, NEVER)
    assert (was.never_started, one.figures.never_started, two.figures.never_started) == (1, 1, 0)
    assert recording.estimated == 1
    assert was.waiting_seconds.count == 2


def test_a_cancellation_ends_what_runs_by_then():
    history = three_by_one_executor([5], [100])
    cancelled, next_one = history.request(0), history.request(0)
    history.start(cancelled, seconds(100))
    history.append(seconds(110), history.runs[cancelled].cancel("somebody"))
    history.ran(next_one, seconds(110), seconds(120))
    recording = history.recording()
    assert starts(recording) == [(1, 0.0), (2, 100.0), (3, 110.0)]


def test_a_retry_waits_behind_those_that_came_meanwhile():
    history = History()
    again, other = history.request(0), history.request(seconds(1))
    history.start(again, 0)
    history.give_back(again, seconds(10))
    history.ran(other, seconds(10), seconds(20))
    history.ran(again, seconds(20), seconds(30))
    assert starts(history.recording()) == [(1, 0.0), (2, 10.0), (1, 20.0)]
    was, _ = simulate(history.recording(), [1], PriorityRule.RECORDED, NEVER)
    assert was.waiting_seconds.count == 2  # A run waits once, for its first start.


def test_what_a_lost_lease_gave_back_has_the_place_it_had():
    history = History()
    lost, other = history.request(0), history.request(seconds(1))
    history.start(lost, 0)
    history.append(seconds(10), *taken_over(history.runs[lost]))
    history.append(seconds(20), history.runs[lost].pass_("e2", duration=0.0))
    history.ran(other, seconds(20), seconds(30), executor="e2")
    assert starts(history.recording()) == [(1, 0.0), (1, 10.0), (2, 20.0)]


def test_with_fewer_executors_than_run_already_nobody_starts_until_enough_have_ended():
    history = History()
    for n in range(3):
        history.start(history.request(0), 0, executor=f"e{n}")
    waits = history.request(seconds(1))
    for n, run in enumerate(list(history.runs)[:3]):
        history.append(seconds(10 * (n + 1)), history.runs[run].pass_(f"e{n}", duration=0.0))
    history.ran(waits, seconds(10), seconds(15))
    recording = history.recording(since=seconds(5))
    assert starts(recording, executors=1) == [(4, 25.0)]
    assert starts(recording, executors=2) == [(4, 15.0)]
    assert starts(recording, executors=3) == [(4, 5.0)]


def test_an_executor_takes_as_long_to_its_next_run_as_it_did():
    history = History()
    runs = [history.request(0) for _ in range(3)]
    for n, run in enumerate(runs):
        history.ran(run, seconds(10 * n), seconds(10 * n + 9))
    recording = history.recording()
    assert recording.handover == seconds(1)
    assert starts(recording) == [(1, 0.0), (2, 10.0), (3, 20.0)]


def test_runs_of_other_pools_and_from_after_the_span_are_left_out():
    history = three_by_one_executor([5, 5], [1, 1])
    history.request(seconds(1), pool="big")
    late = history.request(seconds(100))
    history.ran(late, seconds(101), seconds(102))
    recording = history.recording(until=seconds(50))
    assert [run.run_id.int for run in recording.runs] == [1, 2]


def test_where_no_attempt_ended_nothing_tells_how_long_runs_take():
    history = History()
    history.request(0)
    with pytest.raises(NothingToGoByError, match="nothing tells how long runs take"):
        history.recording()


def test_percentiles_are_waiting_times_that_were():
    recording = three_by_one_executor([5, 5, 1], [10, 10, 10]).recording()
    was, _ = simulate(recording, [1], PriorityRule.RECORDED, NEVER)
    assert asdict(was.waiting_seconds) == {"count": 3, "p50": 10.0, "p95": 20.0, "longest": 20.0}
    assert {p: waits.longest for p, waits in was.by_priority.items()} == {1: 20.0, 5: 10.0}
    assert (was.busy_share, was.makespan_seconds) == (1.0, 30.0)


def test_agreement_is_the_share_of_pairs_in_the_same_order():
    recording = three_by_one_executor([5, 5, 1], [10, 10, 10]).recording()
    was = happened(recording)
    assert order_agreement(was, was) == 1.0
    by_urgency = play(recording, 1, PriorityRule.RECORDED, NEVER)  # 3, 1, 2 instead of 1, 2, 3
    assert order_agreement(was, by_urgency) == pytest.approx(1 / 3)


def test_a_clock_that_is_ahead_changes_no_order():
    history = History()
    ahead, behind = history.request(seconds(5)), history.request(seconds(1))
    history.ran(ahead, seconds(6), seconds(7))
    history.ran(behind, seconds(7), seconds(8))
    assert [run for run, _ in starts(history.recording())] == [1, 2]
