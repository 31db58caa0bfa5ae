"""Decisions become known when a run passed with them, and are forgotten when somebody says so."""

from __future__ import annotations

from datetime import date

import pytest

from domain.run_events import Failure
from domain.said import Said
from domain.test_decisions import forget
from tests.projections.projected import passed, started, submit
from tests.support.examples import FAILURE, PRESSED, READ, in_words

TEST = ("Buy one", "")
SAID = Said("act", "press the buy button", 1)
ELSEWHERE = PRESSED.model_copy(
    update={"made": "healed", "actions": (PRESSED.actions[0].model_copy(update={"name": "Buy"}),)}
)


def spoken(log, **said):
    return started(log, submit(log, steps=in_words().steps, **said))


def decide(log, run, decision, index=1):
    facts = {"index": index, "step": "act", "started": 0.0, "duration": 0.1}
    log.append(run.pass_step("e1", decision=decision, **facts))
    return log.run(run.id)


def known(projected, test=TEST):
    with projected.now() as snapshot:
        return snapshot.known_decisions([test]).get(test, {})


def versions(projected):
    with projected.now() as snapshot:
        rows = snapshot.decisions_of("Buy one")
    return [(row["version"], row["known"]) for row in rows]


def test_a_decision_is_known_when_its_run_has_passed(projected, log):
    run = decide(log, spoken(log), PRESSED)
    assert known(projected) == {}
    passed(log, run)
    row = known(projected)[SAID]
    assert (row["version"], row["run_id"]) == (1, run.id)
    assert row["decision"]["actions"][0]["name"] == "Buy now"


@pytest.mark.parametrize("end", ["fail", "err", "time_out"])
def test_a_decision_of_a_run_that_did_not_pass_never_is(projected, log, end):
    run = decide(log, spoken(log), PRESSED)
    log.append(getattr(run, end)("e1", error=FAILURE))
    assert known(projected) == {}


def test_what_a_lost_attempt_decided_is_not_taken_for_what_the_next_one_did(projected, log):
    run = decide(log, spoken(log), PRESSED)
    lost = Failure(kind="browser_lost", message="gone")
    log.append(*run.give_up_attempt("e1", lost))
    passed(log, started(log, log.run(run.id)))
    assert known(projected) == {}


def test_a_healed_decision_is_the_next_version(projected, log):
    for decision in (PRESSED, ELSEWHERE):
        passed(log, decide(log, spoken(log), decision))
    assert known(projected)[SAID]["decision"]["actions"][0]["name"] == "Buy"
    assert versions(projected) == [(1, False), (2, True)]


def test_the_same_decision_again_is_no_new_version(projected, log):
    for _ in range(2):
        passed(log, decide(log, spoken(log), PRESSED))
    assert versions(projected) == [(1, True)]


def test_a_replayed_decision_is_none_to_remember(projected, log):
    passed(log, decide(log, spoken(log), PRESSED.model_copy(update={"made": "replayed"})))
    assert known(projected) == {}


def test_what_is_forgotten_is_not_known_and_its_older_versions_stay_away(projected, log):
    for decision in (PRESSED, ELSEWHERE):
        passed(log, decide(log, spoken(log), decision))
    log.append(forget("Buy one", 0, "me", "press the buy button"))
    assert known(projected) == {}
    passed(log, decide(log, spoken(log), PRESSED))
    assert versions(projected) == [(1, False), (2, False), (3, True)]


def test_suites_that_have_tests_of_the_same_name_know_their_own(projected, log):
    passed(log, decide(log, spoken(log, labels={"suite": "shop"}), PRESSED))
    assert known(projected) == {}
    assert SAID in known(projected, ("Buy one", "shop"))


def test_the_second_step_that_says_the_same_is_told_from_the_first(projected, log):
    steps = [{"act": "press next"}, {"act": "press next"}]
    run = started(log, submit(log, steps=steps))
    passed(log, decide(log, decide(log, run, PRESSED, 0), ELSEWHERE, 1))
    assert set(known(projected)) == {Said("act", "press next", nth) for nth in (1, 2)}


def test_what_steps_in_words_cost_is_counted_by_test_and_day(projected, log):
    run = decide(log, spoken(log), PRESSED)
    run = decide(log, run, READ, 3)
    passed(log, decide(log, run, PRESSED.model_copy(update={"made": "replayed", "calls": 0}), 1))
    with projected.now() as snapshot:
        costs = snapshot.words_costs(date(2000, 1, 1))
        row = snapshot.run(run.id)
    assert set(costs) == {(None, None), ("Buy one", None), (None, next(d for _, d in costs if d))}
    in_all = costs[None, None]
    assert (in_all["steps"], in_all["replayed"], in_all["healed"], in_all["calls"]) == (3, 1, 1, 1)
    assert (row["model_calls"], row["tokens"]) == (1, 940)
