"""What the log says of one trial."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from domain.run_events import RunEvent, RunRequested, VerdictEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.log import EventLog, Recorded

_PAGE = 2_000


@dataclass(slots=True)
class History:
    """The events behind a position, and the runs among them."""

    events: Sequence[Recorded]
    runs: dict[str, list[Recorded]] = field(default_factory=dict)
    """The events of each run that was asked for here, by id, in the log's order."""

    def __post_init__(self) -> None:
        found: dict[str, list[Recorded]] = defaultdict(list)
        for recorded in self.events:
            if isinstance(recorded.event, RunEvent):
                found[str(recorded.event.originator_id)].append(recorded)
        self.runs = dict(found)

    @classmethod
    def read(cls, log: EventLog, after: int) -> History:
        """Everything behind `after`."""
        events: list[Recorded] = []
        while page := log.read(events[-1].position if events else after, _PAGE):
            events += page
        return cls(events)

    def requests(self) -> Iterator[tuple[str, RunRequested]]:
        """The runs that were asked for, by id."""
        for run_id, recorded in self.runs.items():
            if isinstance(recorded[0].event, RunRequested):
                yield run_id, recorded[0].event

    def verdicts(self, run_id: str) -> list[VerdictEvent]:
        """A run's verdicts; there should be one."""
        events = [recorded.event for recorded in self.runs.get(run_id, ())]
        return [event for event in events if isinstance(event, VerdictEvent)]

    def told(self, run_id: str) -> str:
        """A run's events on a few lines, for people."""
        return "\n".join(_line(recorded) for recorded in self.runs.get(run_id, ()))


def _line(recorded: Recorded) -> str:
    event = cast("RunEvent", recorded.event)
    facts = {
        name: fact
        for name, fact in event.data().items()
        if name in {"attempt", "executor", "dispatch_id", "index", "priority", "error"}
    }
    return (
        f"    {recorded.position:>7} v{event.originator_version} {event.at:%H:%M:%S.%f}"
        f" {event.TOPIC} by {event.by} {facts}"
    )
