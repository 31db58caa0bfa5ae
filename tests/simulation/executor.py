"""An executor's process: the real worker, on a loop that is stepped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from executor.worker import Worker
from tests.simulation.browser import SimulatedBrowser
from tests.simulation.connection import Port
from tests.simulation.course import Author
from tests.simulation.stepping import SteppedLoop
from tests.simulation.store import Wire

if TYPE_CHECKING:
    from tests.simulation.broker import Message, SimulatedBroker
    from tests.simulation.stepping import Clock
    from tests.simulation.store import Store

GRACE = 4.0
_AT_ONCE = 500
"""Operations at one moment, of somebody who is not going in circles."""


class ExecutorProcess:
    """From its start to its death or its drained end."""

    def __init__(self, name: str, store: Store, broker: SimulatedBroker, clock: Clock) -> None:
        self.author = Author(name, "executor")
        self.frozen = False
        self.alive = True
        self.browser = SimulatedBrowser()
        self.wire = Wire(store, self.author)
        self.port = Port(broker, self._acknowledged)
        self._store = store
        self._broker = broker
        self._stop = asyncio.Event()
        self._loop = SteppedLoop(clock)
        ports: Any = (self.port, self.wire, self.browser)
        self.worker = Worker(name, *ports, grace=GRACE)
        self._working = self._loop.create_task(self.worker.run(self._stop))
        self.settle()

    @property
    def moves(self) -> bool:
        """Whether it is neither dead nor frozen."""
        return self.alive and not self.frozen

    @property
    def serves(self) -> bool:
        """Whether it waits, connected, for a message, and has nothing in hand."""
        connection = self.port.connection
        waits = connection is not None and connection.consuming and connection.unacked is None
        return self.moves and waits and self.worker._attempt is None

    def settle(self) -> bool:
        """Everything it can do without the log; whether there was anything."""
        moved = self._loop.settle()
        if self.browser.kills:
            self.kill(noticed=True)
        elif self._working.done():
            self._working.result()
            self.kill(noticed=True)
        return moved

    def go_on(self) -> bool:
        """One operation on the log; whether there was one. What follows waits for `settle`."""
        return self._loop.go_on()

    def do_all(self) -> bool:
        """Until it has to wait for time or for others; whether it did anything."""
        moved = self.moves and self.settle()
        for _ in range(_AT_ONCE):
            if not (self.moves and self.go_on()):
                return moved
            moved = True
            self.settle()
        self._store.judge.findings.append(f"{self.author.name} asks the log without end")
        return False

    def next_timer(self) -> float:
        """When it has something to do of its own."""
        return self._loop.next_timer() if self.moves else float("inf")

    def stop(self) -> None:
        """SIGTERM: it drains."""
        self._stop.set()

    def kill(self, *, noticed: bool) -> None:
        """SIGKILL. A machine that loses its power is noticed by nobody."""
        if not self.alive:
            return
        self.alive = self.port.reachable = False
        self._loop.die()
        if noticed:
            self.hang_up()

    def hang_up(self) -> None:
        """The broker takes its connection for lost."""
        if self.port.connection is not None:
            self._broker.cut(self.port.connection)

    def _acknowledged(self, message: Message) -> None:
        """The unacknowledged delivery is the lease: who lets go of it has recorded the end."""
        course = self._store.judge.courses.get(message.dispatch.run_id)
        if course is None:
            return
        held = course.state == "running" and course.starter is self.author
        if held and course.claimed_by == message.dispatch.dispatch_id:
            self._store.judge.findings.append(
                f"{self.author.name} acknowledged attempt {course.attempt} before its end"
            )
        if course.state == "queued" and course.dispatch_id == message.dispatch.dispatch_id:
            self._store.judge.findings.append(
                f"{self.author.name} acknowledged a dispatch that still has to be executed"
            )
