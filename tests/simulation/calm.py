"""A world in which nothing breaks: clients and operators steer it, and every order of events is
possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.simulation import bounds
from tests.simulation.dispatcher import PARTS, Part
from tests.simulation.healing import heal
from tests.simulation.world import EXECUTORS, World

if TYPE_CHECKING:
    from uuid import UUID

    from tests.simulation.browser import Deed
    from tests.simulation.executor import ExecutorProcess

ANY_EXECUTOR = st.integers(0, len(EXECUTORS) - 1)
ANY_RUN = st.integers(0, 5)
ANY_PRIORITY = st.sampled_from([1, 5, 9])
A_FEW = st.sampled_from([1, 2, 3, 99])
MOST_RUNS = 6
_A_LOOK = 0.5


class CalmWorld(RuleBasedStateMachine):
    """Small steps of single processes, and great ones of all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.steady_since = 0.0

    @initialize(runs=st.integers(1, 3), published=st.booleans())
    def some_runs_wait(self, runs: int, published: bool) -> None:
        for _ in range(runs):
            self.world.submit("pass", 2, timeout=12.0)
        if published and self.world.dispatcher is not None:
            self.world.dispatcher.finish("relay")

    # -- people ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.runs) < MOST_RUNS)
    @rule(
        does=st.sampled_from(["pass", "pass", "fail", "fail once", "hang"]),
        steps=st.integers(0, 2),
        priority=ANY_PRIORITY,
        retries=st.integers(0, 1),
        timeout=st.sampled_from([4.0, 12.0]),
    )
    def submit(self, does: Deed, steps: int, priority: int, retries: int, timeout: float) -> None:
        self.world.submit(does, steps, priority=priority, retries=retries, timeout=timeout)

    @precondition(lambda self: self.open_runs())
    @rule(run=ANY_RUN)
    def cancel(self, run: int) -> None:
        self.world.say(self.world.run(self.one_of_the_open(run)).cancel("client"))

    @precondition(lambda self: self.open_runs())
    @rule(run=ANY_RUN, priority=ANY_PRIORITY)
    def change_priority(self, run: int, priority: int) -> None:
        run_id = self.one_of_the_open(run)
        self.world.say(self.world.run(run_id).change_priority("client", priority))

    @rule(paused=st.booleans())
    def pause_or_resume_the_queue(self, paused: bool) -> None:
        self.world.pause_queue(paused=paused)

    @rule(executor=ANY_EXECUTOR)
    def stop_an_executor(self, executor: int) -> None:
        self.executor(executor).stop()

    # -- small steps ----------------------------------------------------------------------------

    @rule()
    def the_broker_delivers(self) -> None:
        self.world.deliver()

    @rule(executor=ANY_EXECUTOR, operations=A_FEW)
    def an_executor_goes_on(self, executor: int, operations: int) -> None:
        process = self.executor(executor)
        for _ in range(operations):
            if not (process.moves and (process.settle() | process.go_on())):
                break

    @rule(executor=ANY_EXECUTOR)
    def a_step_ends(self, executor: int) -> None:
        self.executor(executor).browser.nudge()

    @precondition(lambda self: self.world.dispatcher is not None)
    @rule(part=st.sampled_from(PARTS), operations=A_FEW)
    def the_dispatcher_goes_on(self, part: Part, operations: int) -> None:
        if self.world.dispatcher is not None:
            self.world.dispatcher.go_on(part, operations)

    # -- great ones -----------------------------------------------------------------------------

    @rule()
    def all_that_can_be_done_at_this_moment_is_done(self) -> None:
        self.world.settle()
        self.world.store.judge.findings += bounds.forgotten(self.world)

    @rule(seconds=st.sampled_from([1, 3, 6, 18]))
    def time_passes(self, seconds: int) -> None:
        for _ in range(int(seconds / _A_LOOK)):
            self.world.pass_time(_A_LOOK)
            if self.is_whole():
                late = bounds.late(self.world, self.steady_since)
                self.world.store.judge.findings += late

    @rule()
    def operators_start_what_is_gone(self) -> None:
        self.world.start_executors()
        if self.world.dispatcher is None:
            self.world.start_dispatcher()

    # -- what must hold -------------------------------------------------------------------------

    @invariant()
    def nothing_happened_that_must_not(self) -> None:
        judge = self.world.store.judge
        judge.findings += [*bounds.in_order(self.world), *bounds.unpublished(self.world)]
        assert not judge.findings, judge.findings

    def teardown(self) -> None:
        try:
            if not self.world.store.judge.findings:
                heal(self.world)
            assert not self.world.store.judge.findings, self.world.store.judge.findings
        finally:
            self.world.close()

    # -- who is meant ---------------------------------------------------------------------------

    def executor(self, number: int) -> ExecutorProcess:
        return self.world.executors[number]

    def open_runs(self) -> list[UUID]:
        courses = self.world.store.judge.courses
        return [run_id for run_id in self.world.runs if courses[run_id].state != "over"]

    def one_of_the_open(self, number: int) -> UUID:
        runs = self.open_runs()
        return runs[number % len(runs)]

    def is_whole(self) -> bool:
        """Whether everything is there, so that what takes time may be measured."""
        world = self.world
        there = world.store.up and world.broker.up and world.dispatcher is not None
        reachable = all(each.moves and each.port.reachable for each in world.executors)
        return there and reachable and world.store.tables.jump == 0
