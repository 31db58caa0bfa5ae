"""A dispatcher's process: the real relay, timekeeper and reconciler, an operation at a time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

from dispatcher.ageing import Ageing
from dispatcher.reconciler import Reconciler
from dispatcher.relay import Relay
from dispatcher.roster import Roster
from dispatcher.timekeeper import Timekeeper
from runtime.follower import Follower
from tests.simulation.broker import SimulatedPublisher
from tests.simulation.course import Author
from tests.simulation.stepping import Call
from tests.simulation.store import Wire
from tests.simulation.tables import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.broker import SimulatedBroker
    from tests.simulation.stepping import Clock
    from tests.simulation.store import Store

Part = Literal["relay", "timekeeper", "reconciler"]
PARTS: tuple[Part, ...] = ("relay", "timekeeper", "reconciler")
INTERVAL = 2.0
AGEING = 300.0
"""Longer than a world takes to heal: nothing is published again only because it waited."""


class DispatcherProcess:
    """The leader, from its start to its death. A part that raises is started again."""

    def __init__(self, store: Store, broker: SimulatedBroker, clock: Clock) -> None:
        self.author = Author("dispatcher", "dispatcher")
        self.wire = Wire(store, self.author)
        self.publisher = SimulatedPublisher(broker, clock)
        self._store = store
        self._clock = clock
        log: Any = self.wire
        roster = Roster(self.publisher, clock=lambda: clock.now)
        self._timekeeper = Timekeeper("", log, roster, Ageing(log, AGEING), INTERVAL)
        self._reconciler = Reconciler("", log, self.publisher, INTERVAL)
        self._relay = Follower("", log, Relay(log, self.publisher))
        self._calls: dict[Part, Call] = {}
        self._due: dict[Part, float] = dict.fromkeys(PARTS, clock.now)
        self._relayed = -1

    def go_on(self, part: Part, operations: int) -> None:
        """Its next operations, at most to its end; a part at rest begins anew with its first."""
        call = self._calls.pop(part, None) or Call(self._work(part), self._ended(part))
        while operations and not call.over:
            call.go_on()
            operations -= 1
        if not call.over:
            self._calls[part] = call

    def finish(self, part: Part) -> None:
        """What it does now, to its end."""
        self.go_on(part, sys.maxsize)

    def do_due(self) -> bool:
        """What the time or the log asks for; whether there was anything."""
        due = [part for part in PARTS if part in self._calls or self._is_due(part)]
        for part in due:
            self.finish(part)
        return bool(due)

    def next_timer(self) -> float:
        """When a part looks again by itself."""
        return min(self._due["timekeeper"], self._due["reconciler"], self._due["relay"])

    def kill(self) -> None:
        """Nothing more of it happens; its transaction is rolled back."""
        for call in self._calls.values():
            call.kill()
        self._calls.clear()
        self.publisher.close()

    def _is_due(self, part: Part) -> bool:
        if part == "relay" and self._store.up and self._store.log.head() != self._relayed:
            return self._clock.now >= self._due["relay"] - INTERVAL
        return self._clock.now >= self._due[part]

    def _work(self, part: Part) -> Callable[[], object]:
        session: Any = Session(self._store.tables)
        match part:
            case "relay":
                return lambda: self._follow(session)
            case "timekeeper":
                return lambda: self._keep_time(session)
            case "reconciler":
                return lambda: self._reconciler.look(session)

    def _follow(self, session: Any) -> None:
        seen = self._store.log.head()
        self._relay.step(session)
        self._relayed = seen

    def _keep_time(self, session: Any) -> float:
        self._timekeeper.look(session)
        return self._timekeeper._pause(session)

    def _ended(self, part: Part) -> Callable[[Any, Exception | None], None]:
        def ended(pause: object, error: Exception | None) -> None:
            # A part that raised is started again after a back-off, which the longer pause stands
            # for; the relay is otherwise woken by every commit.
            until = pause if isinstance(pause, float) else INTERVAL
            self._due[part] = self._clock.now + (2 * INTERVAL if error else until)

        return ended
