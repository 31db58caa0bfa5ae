"""The run against a model of it: whatever is commanded, in whatever order, the two agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from eventsourcing.persistence import JSONTranscoder
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import IllegalTransitionError
from domain.event import EventMapper
from domain.run import DRAINED, MOST_LOST_ATTEMPTS, Run, evolve, replay
from domain.run_events import Failure, RunEvent, VerdictEvent
from tests.support.examples import FAILURE, requested

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Command = Callable[[Run], "Sequence[RunEvent]"]

LOST = Failure(kind="lease_lost", message="gone")
GIVEN_BACK = Failure(kind=DRAINED, message="stopping")
MAPPER = EventMapper(JSONTranscoder())
VERDICTS: dict[str, Command] = {
    "passed": lambda run: [run.pass_("e", duration=1.0)],
    "failed": lambda run: [run.fail("e", error=FAILURE, duration=1.0)],
    "timed_out": lambda run: [run.time_out("e", error=FAILURE)],
    "errored": lambda run: [run.err("e", error=FAILURE)],
}


@dataclass
class Model:
    """What a run is, in as few words as possible."""

    status: str = "queued"
    attempt: int = 0
    priority: int = 5
    failed: int = 0
    lost: int = 0
    steps: int = 0
    dispatch: int = 1
    """The version of the event that asked last."""
    history: list[RunEvent] = field(default_factory=list)


class RunModel(RuleBasedStateMachine):
    """Every command at any time: what the model does not allow is refused, and changes nothing."""

    @initialize(retries=st.integers(0, 2))
    def somebody_asks_for_it(self, retries: int) -> None:
        self.model = Model(history=[requested(retries=retries)])
        self.retries = retries
        self.run = evolve(None, self.model.history[0])

    @rule()
    def start(self) -> None:
        if self.command(lambda run: [run.start("e", run.dispatch_id)], "queued"):
            self.model.status, self.model.steps = "running", 0
            self.model.attempt += 1

    @rule(passed=st.booleans())
    def a_step_ends(self, passed: bool) -> None:
        facts = {"index": self.model.steps, "step": "s", "started": 0.0, "duration": 0.0}
        failed = facts | {"kind": "expectation", "message": "no"}
        if self.command(
            lambda run: [run.pass_step("e", **facts) if passed else run.fail_step("e", **failed)],
            "running",
        ):
            self.model.steps += 1

    @rule()
    def the_browser_changes(self) -> None:
        if self.command(lambda run: [run.change_browser("e", "chromium", "words")], "running"):
            self.model.steps += 1

    @rule()
    def the_attempt_fails(self) -> None:
        if self.command(
            lambda run: _requeued(run, run.fail_attempt("e", error=FAILURE, duration=1.0)),
            "running",
        ):
            self.model.failed += 1
            self.waits_again()

    @rule()
    def the_attempt_is_lost(self) -> None:
        if self.command(lambda run: run.give_up_attempt("timekeeper", LOST), "running"):
            self.model.lost += 1
            if self.model.lost == MOST_LOST_ATTEMPTS:
                self.model.status = "errored"
            else:
                self.waits_again()

    @rule()
    def the_attempt_is_given_back(self) -> None:
        if self.command(lambda run: _requeued(run, run.lose_attempt("e", GIVEN_BACK)), "running"):
            self.waits_again()

    @rule(priority=st.integers(1, 10))
    def the_priority_changes(self, priority: int) -> None:
        if self.command(lambda run: [run.change_priority("me", priority)], "queued", "running"):
            self.model.priority = priority
            if self.model.status == "queued":
                self.model.dispatch = len(self.model.history)

    @rule(verdict=st.sampled_from(sorted(VERDICTS)))
    def it_ends(self, verdict: str) -> None:
        if self.command(VERDICTS[verdict], "running"):
            self.model.status = verdict

    @rule()
    def somebody_cancels(self) -> None:
        if self.command(lambda run: [run.cancel("me")], "queued", "running"):
            self.model.status = "cancelled"

    @invariant()
    def the_two_agree(self) -> None:
        run, model = self.run, self.model
        assert (run.status, run.attempt, run.priority) == (
            model.status, model.attempt, model.priority,
        )  # fmt: skip
        assert (run.failed_attempts, run.happenings) == (model.failed, model.steps)
        assert run.dispatch_id == f"{run.id}.{model.dispatch}"
        assert run.may_retry == (model.failed < self.retries)

    @invariant()
    def there_is_one_verdict_at_most_and_nothing_follows_it(self) -> None:
        ends = [isinstance(event, VerdictEvent) for event in self.model.history]
        assert not any(ends[:-1])
        assert self.run.over == ends[-1]

    def teardown(self) -> None:
        """The history is contiguous and amounts to the run, also after it was stored."""
        history = self.model.history
        assert [event.originator_version for event in history] == [*range(1, len(history) + 1)]
        stored = [MAPPER.to_domain_event(MAPPER.to_stored_event(event)) for event in history]
        assert stored == history
        assert replay(history) == self.run

    def command(self, command: Command, *allowed: str) -> bool:
        """Whether it was allowed, and done."""
        if self.model.status not in allowed:
            with pytest.raises(IllegalTransitionError, match=f"is {self.model.status}"):
                command(self.run)
            return False
        for event in command(self.run):
            self.run = evolve(self.run, event)
            self.model.history.append(event)
        return True

    def waits_again(self) -> None:
        self.model.status, self.model.dispatch = "queued", len(self.model.history)


def _requeued(run: Run, ended: RunEvent) -> list[RunEvent]:
    return [ended, evolve(run, ended).requeue("e")]


TestRunModel = RunModel.TestCase
TestRunModel.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
