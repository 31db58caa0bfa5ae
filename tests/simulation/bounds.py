"""What must hold at every moment between any two steps of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.executor import ExecutorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.course import Course
    from tests.simulation.world import World

STOPS_WITHIN = 2.0
OVERTIME = 5.0


def in_order(world: World) -> Iterator[str]:
    """While nothing is broken, a published run that waits is in the queue, or in a hand that has
    nothing else to do: nobody hoards what is urgent."""
    if not world.store.judge.calm:
        return
    published = {dispatch.dispatch_id for dispatch in world.broker.published}
    ready = {message.dispatch.dispatch_id for message in world.broker.ready}
    in_hand = {
        process.port.connection.unacked.dispatch.dispatch_id
        for process in world.executors
        if process.worker._attempt is None
        and process.port.connection is not None
        and process.port.connection.unacked is not None
    }
    for course in world.store.judge.courses.values():
        asked = course.dispatch_id
        if course.state == "queued" and asked in published and asked not in ready | in_hand:
            yield f"run {asked} waits, and neither the queue nor a free executor has it"


def unpublished(world: World) -> Iterator[str]:
    """Runs that the relay's position has passed, and that it never published."""
    published = {dispatch.dispatch_id for dispatch in world.broker.published}
    for course in world.store.judge.courses.values():
        waits = course.state == "queued" and course.asked_at <= world.store.tables.position
        if waits and course.dispatch_id not in published:
            yield f"the relay has passed over {course.dispatch_id}"


def forgotten(world: World) -> Iterator[str]:
    """A run that is running and whose executor, alive and well, knows nothing of it."""
    messages = [m.dispatch.dispatch_id for m in world.broker.ready]
    messages += [c.unacked.dispatch.dispatch_id for c in world.broker.attached if c.unacked]
    for course in world.store.judge.running():
        process = _process(world, course)
        if process is not None and process.serves and course.claimed_by not in messages:
            yield f"{process.author.name} started {course.run_id} and has forgotten it"


def late(world: World, steady_since: float) -> Iterator[str]:
    """Browsers that perform what is over, and runs that outlive their time, in a world that has
    been well since `steady_since`."""
    now = world.clock.now
    for course in world.store.judge.running():
        ran = now - max(course.started_at, steady_since)
        if ran > world.timeouts[course.run_id] + OVERTIME:
            yield f"run {course.run_id} has outlived its time by more than {OVERTIME:g} s"
    for process in world.executors:
        job = process.browser.job
        course_of = world.store.judge.courses.get(job.run_id) if job else None
        if job is None or course_of is None or not process.moves:
            continue
        since = course_of.over_since if course_of.state == "over" else course_of.started_at
        outdated = course_of.state == "over" or course_of.attempt != job.attempt
        if outdated and now - max(since, steady_since) > STOPS_WITHIN:
            yield f"{process.author.name} still performs attempt {job.attempt} of {job.run_id}"


def _process(world: World, course: Course) -> ExecutorProcess | None:
    return next((p for p in world.executors if p.author is course.starter), None)
