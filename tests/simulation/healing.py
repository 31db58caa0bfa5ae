"""What must hold once nothing is broken any more, and how a world gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.world import World

MOST_SECONDS = 240
"""Three attempts that hang, each ended by the timekeeper, behind others like them."""


def heal(world: World) -> None:
    """Mends everything, lets time pass, and tells the judge what is still not as it must be."""
    mend(world)
    for _ in range(MOST_SECONDS):
        world.pass_time(1)
        world.start_executors()
        if not _unfinished(world) and not _left(world):
            return
    world.store.judge.findings += _unfinished(world) + _left(world)


def mend(world: World) -> None:
    """Everything is up, connected, thawed and told to go on."""
    world.store.up = world.broker.up = True
    world.broker.deaf = False
    world.pause_queue(paused=False)
    if world.dispatcher is None:
        world.start_dispatcher()
    for process in world.executors:
        process.port.reachable = process.alive
        process.frozen = False
    world.start_executors()


def _unfinished(world: World) -> list[str]:
    courses = world.store.judge.courses
    return [
        f"run {run_id} was accepted and is {courses[run_id].state} for ever"
        if run_id in courses
        else f"run {run_id} was accepted and is lost"
        for run_id in world.runs
        if run_id not in courses or courses[run_id].state != "over"
    ]


def _left(world: World) -> list[str]:
    """Messages and browsers that outlive their runs."""
    held = [each.unacked for each in world.broker.attached if each.unacked is not None]
    messages = [f"message {m.dispatch.dispatch_id} is left" for m in [*world.broker.ready, *held]]
    browsers = [
        f"{process.author.name} still performs {process.browser.job.run_id}"
        for process in world.executors
        if process.browser.job is not None
    ]
    return messages + browsers
