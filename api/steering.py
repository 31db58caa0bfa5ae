"""Changing a run that executors may be changing at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from domain.log import EventLog
    from domain.run import Run
    from domain.run_events import RunEvent

MOST_TRIES = 20


def steer(log: EventLog, run_id: UUID, decide: Callable[[Run], RunEvent]) -> int:
    """Appends what `decide` says of the run as it is now; the event's position.

    Somebody else's append in between means to read and decide again. Raises NotFoundError,
    IllegalTransitionError, and ConflictError when it never comes to rest.
    """
    for _ in range(MOST_TRIES):
        try:
            return log.append(decide(log.run(run_id)))
        except ConflictError:
            continue
    raise ConflictError(f"run {run_id} is changing too fast; try again")
