"""What simulated worlds have found, each in the fewest steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.healing import heal
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.executor import ExecutorProcess


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.store.judge.calm = False
    yield made
    made.close()


def with_the_message(world: World) -> ExecutorProcess:
    """The executor that the only run is delivered to."""
    world.submit("pass", 2, timeout=12.0)
    assert world.dispatcher is not None
    world.dispatcher.finish("relay")
    world.deliver()
    held = next(each for each in world.broker.attached if each.unacked is not None)
    return next(each for each in world.executors if each.port.connection is held)


def verdict(world: World) -> str | None:
    heal(world)
    assert world.store.judge.findings == []
    return world.store.judge.courses[world.runs[0]].verdict


def test_a_claim_whose_answer_was_lost_is_not_a_duplicate(world: World) -> None:
    process = with_the_message(world)
    process.wire.trouble = "answer lost"
    assert verdict(world) == "RunPassed"


def test_a_queue_that_is_resumed_and_paused_again_is_looked_at_only_now_and_then(
    world: World,
) -> None:
    process = with_the_message(world)
    world.pause_queue(paused=True)
    process.do_all()
    world.pause_queue(paused=False)
    world.pause_queue(paused=True)
    world.settle()
    assert world.store.judge.findings == []


def test_what_the_database_forgot_in_a_crash_leaves_no_gap(world: World) -> None:
    process = with_the_message(world)
    process.do_all()
    world.kill_dispatcher()  # Whose commits would have put everything before them on disk.
    process.browser.nudge()
    world.pass_time(0.5)
    stored = world.store.log.head()
    world.store.crash(forgotten=1)
    assert world.store.log.head() == stored - 1
    assert verdict(world) == "RunPassed"


def test_an_attempt_whose_executor_started_again_and_whose_message_is_lost_is_tried_again(
    world: World,
) -> None:
    process = with_the_message(world)
    world.settle()
    process.kill(noticed=True)
    world.broker.ready.clear()
    assert verdict(world) == "RunPassed"
