"""No executor starts a run while a more urgent one has been ready longer than a delivery takes.

RabbitMQ hands an executor its next message when it acknowledges the last one, so a run was chosen
after the last end by the executor that starts it. Another, more urgent, was passed over if it was
in the queue well before that end, and is still there when the run starts: the executor that gets it
was busy with something else at that time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.run_events import (
    AttemptFailed,
    AttemptLost,
    PriorityChanged,
    RunRequested,
    RunRequeued,
    RunStarted,
    VerdictEvent,
)
from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import Recorded
    from tests.chaos.oracle.history import History
    from tests.chaos.tape import Tape

DELIVERY = 1.0
"""Seconds that we allow for one delivery: from the relay's commit to the executor's hands."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One run's stay in the queue; positions of the log."""

    run_id: str
    priority: int
    asked: int
    chosen_after: int
    """The last end by the executor that then started it."""
    started: int


class Order:
    """Looks for inversions outside the times at which nobody can tell which message is where."""

    def __init__(self, tape: Tape, blurred: list[tuple[float, float]]) -> None:
        self._tape = tape
        self._blurred = blurred

    def judge(self, history: History) -> Iterator[Finding]:
        """Compares every two stays."""
        stays = list(_stays(history))
        for one in stays:
            for other in stays:
                if other.priority < one.priority and self._passed_over(other, one):
                    yield Finding(
                        "inversion",
                        f"priority {one.priority} was started at {one.started}, and priority"
                        f" {other.priority}, asked for at {other.asked}, was in the queue",
                        one.run_id,
                        other.run_id,
                    )

    def _passed_over(self, other: Stay, one: Stay) -> bool:
        if not (other.asked < one.chosen_after and one.started < other.chosen_after):
            return False
        ready = self._tape.when_published(other.asked)
        waited = self._tape.when_logged(one.chosen_after) - ready
        return waited > DELIVERY and self._is_clear(ready, one.started)

    def _is_clear(self, ready: float, started: int) -> bool:
        until = self._tape.when_logged(started)
        return not any(begin < until and ready < end for begin, end in self._blurred)


def _stays(history: History) -> Iterator[Stay]:
    asked: dict[str, tuple[int, int]] = {}
    last_end: dict[str, int] = {}
    for recorded in history.events:
        event, run_id = recorded.event, str(recorded.event.originator_id)
        if isinstance(event, RunStarted) and run_id in asked:
            priority, position = asked.pop(run_id)
            if event.executor in last_end:
                chosen_after = last_end[event.executor]
                yield Stay(run_id, priority, position, chosen_after, recorded.position)
        elif isinstance(event, AttemptFailed | AttemptLost | VerdictEvent):
            last_end[event.by] = recorded.position
        else:
            _note(asked, recorded)


def _note(asked: dict[str, tuple[int, int]], recorded: Recorded) -> None:
    event, run_id = recorded.event, str(recorded.event.originator_id)
    match event:
        case RunRequested():
            asked[run_id] = event.definition.priority, recorded.position
        case RunRequeued():
            asked[run_id] = event.priority, recorded.position
        case PriorityChanged() if run_id in asked:
            asked[run_id] = event.priority, recorded.position
