"""What a message in an executor's hand means, given what the log says of its run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import ConflictError, NotFoundError, TooNewError
from domain.run import Run, evolve
from domain.run_events import Failure, RunEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.dispatch import Dispatch
    from domain.log import EventLog

_MOST_CONFLICTS = 10


@dataclass(frozen=True, slots=True)
class Claimed:
    """The run is this executor's: its attempt has started."""

    run: Run


@dataclass(frozen=True, slots=True)
class Dropped:
    """The message asks for nothing any more; acknowledge it."""

    reason: str


class HeldBack:
    """The queue is paused, or this executor drained: the message goes back."""


class Unknown:
    """No such run: nobody can use the message."""


Claim = Claimed | Dropped | HeldBack | Unknown


def claim(log: EventLog, executor: str, dispatch: Dispatch, *, redelivered: bool) -> Claim:
    """Claims the run that `dispatch` asks for, by appending at the version read.

    Of several executors that hold the same message one append wins; the others read again and see
    that there is nothing left for them. Raises the log's errors if it is out of reach.
    """
    for _ in range(_MOST_CONFLICTS):
        try:
            run, queue = log.run_and_queue(dispatch.run_id)
        except NotFoundError:
            return Unknown()
        except TooNewError as error:
            # The dispatcher misses the message and publishes it again: for a newer executor.
            return Dropped(str(error))
        if not queue.gives_to(executor):
            return HeldBack()
        events = decide(run, executor, dispatch, redelivered=redelivered)
        if isinstance(events, Dropped):
            return events
        try:
            # On disk before anything is done: were it forgotten in a crash, another's claim would
            # have its version, and this executor's steps would pass for the other's.
            log.append(*events)
        except ConflictError:
            if mine := _already_mine(log, events):
                return Claimed(mine)
            continue
        return _claimed(run, events)
    raise ConflictError(
        f"run {dispatch.run_id} changed {_MOST_CONFLICTS} times while it was claimed"
    )


def decide(
    run: Run, executor: str, dispatch: Dispatch, *, redelivered: bool
) -> Sequence[RunEvent] | Dropped:
    """The events that claim the run, or why the message is dropped.

    Only a redelivery of the very dispatch that the running attempt was claimed by means that its
    lease is lost, or that dispatch in the hands of the executor that claimed it: it has one at a
    time, so the answer to its claim was lost. Any other message for a running run is a duplicate.
    """
    if run.over:
        return Dropped(f"the run is {run.status}")
    if run.status == "queued":
        if dispatch.dispatch_id != run.dispatch_id:
            return Dropped("superseded by a later dispatch")
        return _start(run, executor, dispatch)
    lost = redelivered or run.executor == executor
    if not lost or run.claimed_by != dispatch.dispatch_id:
        return Dropped("a duplicate: the run is running")
    return _take_over(run, executor, dispatch)


def _start(run: Run, executor: str, dispatch: Dispatch) -> Sequence[RunEvent]:
    started = run.start(executor, dispatch.dispatch_id)
    if run.definition.steps:
        return [started]
    # There is nothing to perform, and nothing can happen in between: start and end in one commit.
    return [started, evolve(run, started).pass_(executor, duration=0.0, artifacts=())]


def _take_over(run: Run, executor: str, dispatch: Dispatch) -> Sequence[RunEvent]:
    error = Failure(kind="lease_lost", message=f"executor {run.executor} lost its lease")
    if not run.may_lose_another:
        return [run.err(executor, error=error)]
    lost = run.lose_attempt(executor, error)
    return [lost, evolve(run, lost).start(executor, dispatch.dispatch_id)]


def _claimed(run: Run, events: Sequence[RunEvent]) -> Claim:
    for event in events:
        run = evolve(run, event)
    if not run.over:
        return Claimed(run)
    return Dropped("it had no steps" if run.status == "passed" else "lost too many attempts")


def _already_mine(log: EventLog, events: Sequence[RunEvent]) -> Run | None:
    """The run, if a commit whose answer was lost had succeeded after all."""
    last = events[-1]
    stored = log.newer(last.originator_id, last.originator_version - 1)
    if not stored or stored[0] != last:
        return None
    run = log.run(last.originator_id)
    return run if run.status == "running" else None
