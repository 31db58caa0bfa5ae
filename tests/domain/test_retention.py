"""What is removed of a run's details, and what has to remain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.redaction import REMOVED, bare_definition
from domain.retention import replay, without_details
from domain.retention_rules import STATUSES, Age, Rule, rules_of
from domain.run import replay as run_of
from domain.run_events import Failure
from domain.said import said_in
from domain.steps import ACTIONS
from tests.support.examples import FAILURE, PRESSED, READ, RUN, SCREENSHOT, definition, requested

SPOKEN = [{"goto": "/"}, {"act": "press next"}, {"act": "press next"}, {"verify": "it is done"}]
HEALED = PRESSED.model_copy(update={"made": "healed"})
REPLAYED = PRESSED.model_copy(update={"made": "replayed"})


def history(*commands, **said):
    """A run's events: of its request, and of what each command decides on the run so far."""
    events = [requested(**said)]
    for command in commands:
        decided = command(run_of(events))
        events += decided if isinstance(decided, list) else [decided]
    return events


def start(run):
    return run.start("e", run.dispatch_id)


def step(index, decision=None, message=None):
    facts = {"index": index, "step": "act press next", "started": 0.0, "duration": 0.1}
    return lambda run: run.pass_step("e", decision=decision, message=message, **facts)


def fail_step(run):
    facts = {"index": 0, "step": "s", "started": 0.0, "duration": 0.1, "kind": "expectation"}
    return run.fail_step("e", message="found Ann", artifacts=(SCREENSHOT,), **facts)


def passed(run):
    return run.pass_("e", duration=1.0)


def test_no_text_of_a_run_remains_but_what_it_is_listed_by():
    events = history(
        start, step(0, message="dialog dismissed"), fail_step,
        lambda run: run.fail("e", error=FAILURE, duration=1.0), variables={"who": "Ann"},
    )  # fmt: skip
    bare = without_details(events)
    text = " ".join(event.model_dump_json() for event in bare)
    for gone in ("Ann", "127.0.0.1", "Buy now", "$42", "dismissed", "act press"):
        assert gone not in text
    for kept in ("Buy one", "expectation", SCREENSHOT.sha256):
        assert kept in text


def test_the_run_is_the_same_run_without_its_details():
    lost = Failure(kind="browser_lost", message="gone")
    events = history(
        start, step(0), lambda run: run.give_up_attempt("e", lost), start, step(0, PRESSED), passed,
        steps=SPOKEN, retries=2,
    )  # fmt: skip
    before, after = run_of(events), run_of(without_details(events))
    for fact in ("status", "attempt", "version", "priority", "lost_attempts", "happenings"):
        assert getattr(before, fact) == getattr(after, fact)
    assert len(after.definition.steps) == len(before.definition.steps)


def test_only_events_that_have_details_are_changed_and_are_marked():
    events = history(start, step(0), passed)
    bare = without_details(events)
    assert [event.redacted for event in bare] == [True, None, True, None]
    assert bare[1] is events[1]
    assert without_details(bare) == bare


def test_where_a_command_came_from_goes_and_who_gave_it_stays():
    asked, raised = history(lambda run: run.change_priority("key:1", 1))
    from_afar = raised.model_copy(update={"origin": "192.0.2.7"})
    bare = without_details([asked, from_afar])[1]
    assert (bare.origin, bare.by, bare.redacted) == (None, "key:1", True)
    assert without_details([asked, raised])[1] is raised


@pytest.mark.parametrize("action", ACTIONS)
def test_of_every_step_it_is_known_what_it_did(action):
    arguments = {
        "click": {"text": "x"}, "fill": {"label": "x", "value": "x"}, "press": "x",
        "select": {"label": "x", "option": "x"}, "check": {"label": "x"}, "hover": {"text": "x"},
        "upload": {"label": "x", "files": [{"name": "x"}]}, "wait_for": {"text": "x"},
        "expect": {"url": "x"}, "dialog": "dismiss",
        "extract": {"instruction": "x", "schema": {"x": "string"}},
    }  # fmt: skip
    wanted = definition(steps=[{action: arguments.get(action, "x"), "timeout": 3.0, "name": "x"}])
    (bare,) = bare_definition(wanted).steps
    assert (bare.action, bare.timeout, bare.name) == (action, 3.0, None)
    assert '"x"' not in bare.model_dump_json(exclude_none=True, by_alias=True)


def test_what_a_decision_cost_remains_and_what_was_decided_does_not():
    events = history(start, step(1, READ), lambda run: run.fail("e", error=FAILURE))
    decision = without_details(events)[2].decision
    assert (decision.made, decision.by, decision.calls) == (READ.made, READ.by, READ.calls)
    assert (decision.value, decision.sources, decision.instruction) == (None, (), REMOVED)


@pytest.mark.parametrize("decided", [PRESSED, HEALED])
def test_a_decision_that_became_known_remains_with_the_step_it_is_known_for(decided):
    events = history(start, step(2, decided), passed, steps=SPOKEN)
    asked, _, ended, _ = without_details(events)
    assert ended.decision == decided
    said = dict(said_in(asked.definition))
    assert said[2] == dict(said_in(events[0].definition))[2]
    assert said[3].instruction == REMOVED


def test_a_decision_that_was_replayed_or_given_up_does_not_remain():
    lost = Failure(kind="browser_lost", message="gone")
    events = history(
        start, step(1, PRESSED), lambda run: run.give_up_attempt("e", lost),
        start, step(1, REPLAYED), passed, steps=SPOKEN,
    )  # fmt: skip
    bare = without_details(events)
    decisions = [e.decision for e in bare if getattr(e, "decision", None)]
    assert [decision.actions for decision in decisions] == [(), ()]
    assert "press next" not in bare[0].model_dump_json()


def test_a_removal_says_of_which_file_it_speaks():
    other = SCREENSHOT.model_copy(update={"sha256": "cd" * 32})
    nothing = replay(RUN, [])
    event = nothing.remove_artifacts("me", "all after 1d", [SCREENSHOT])
    retention = replay(RUN, [event])
    assert retention.removal_of(SCREENSHOT) == event
    assert retention.removal_of(other) is None
    assert retention.remove_details("me", "all after 1d", []).originator_version == 2


def test_rules_are_read_as_people_write_them():
    one, other = rules_of("passed=7d, failed=12h")
    assert one == Rule(("passed",), Age("7d"))
    assert (str(one), one.older_than.length) == ("passed after 7d", timedelta(days=7))
    assert other.older_than.length == timedelta(hours=12)
    assert [str(rule) for rule in rules_of("30d")] == ["all after 30d"]
    assert rules_of("30d")[0].statuses == STATUSES
    assert rules_of("") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("passed=7", "'7' is no age: say it as in 30d"),
        ("passed=-7d", "'-7d' is no age"),
        ("queued=7d", "'queued' is no status of a run that is over: passed, failed"),
        ("=7d", "'' is no status"),
        ("passed=7days", "'7days' is no age"),
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        rules_of(text)
