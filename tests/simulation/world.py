"""Clients, a dispatcher, executors, their broker and their database: one deployment, simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tests.simulation.broker import SimulatedBroker
from tests.simulation.course import Author
from tests.simulation.dispatcher import DispatcherProcess
from tests.simulation.executor import ExecutorProcess
from tests.simulation.stepping import Clock
from tests.simulation.store import Store
from tests.support.examples import requested

if TYPE_CHECKING:
    from domain.run import Run
    from domain.run_events import RunEvent
    from tests.simulation.browser import Deed

CLIENT = Author("client", "client")
EXECUTORS = ("executor-1", "executor-2", "executor-3")
_A_MOMENT = 0.001
_STEP = {"goto": "/"}


class World:
    """Everything there is. It moves when it is told to, and then as far as it is told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = Store(self.clock)
        self.broker = SimulatedBroker()
        self.runs: list[UUID] = []
        self.timeouts: dict[UUID, float] = {}
        self.executors = [self._executor(name) for name in EXECUTORS]
        self.dispatcher: DispatcherProcess | None = None
        self.start_dispatcher()

    # -- what people do -------------------------------------------------------------------------

    def submit(self, does: Deed, steps: int, **said: object) -> UUID:
        """A client submits a run, and is answered 202."""
        run_id = UUID(int=len(self.runs) + 1)
        labels = {"does": does}
        asked = requested(run_id, "client", steps=[_STEP] * steps, labels=labels, **said)
        self.store.append(CLIENT, [asked], durable=True)
        self.runs.append(run_id)
        self.timeouts[run_id] = asked.timeout
        return run_id

    def run(self, run_id: UUID) -> Run:
        """As the log has it."""
        return self.store.log.run(run_id)

    def say(self, event: RunEvent) -> None:
        """A client changes a run."""
        self.store.append(CLIENT, [event], durable=True)

    def pause_queue(self, *, paused: bool) -> None:
        """An admin stops the queue, or lets it go on."""
        queue = self.store.log.queue()
        if queue.paused != paused:
            event = queue.pause("admin") if paused else queue.resume("admin")
            self.store.append(CLIENT, [event], durable=True)

    # -- what operators do ----------------------------------------------------------------------

    def start_dispatcher(self) -> None:
        """A new process leads."""
        self.dispatcher = DispatcherProcess(self.store, self.broker, self.clock)

    def kill_dispatcher(self) -> None:
        """SIGKILL."""
        if self.dispatcher is not None:
            self.dispatcher.kill()
            self.dispatcher = None

    def start_executors(self) -> None:
        """New processes under the names of those that are gone."""
        for number, process in enumerate(self.executors):
            if not process.alive:
                process.hang_up()
                self.executors[number] = self._executor(process.author.name)

    # -- how it moves ---------------------------------------------------------------------------

    def deliver(self) -> bool:
        """The broker gives whoever is free the message whose turn it is."""
        first, free = self.broker.first(), self.broker.free()
        if first is None or not free:
            return False
        self.broker.deliver(first, to=free[first.number % len(free)])
        return True

    def settle(self) -> None:
        """Everybody does all that can be done at this moment."""
        moved = True
        while moved:
            moved = self.deliver()
            for process in self.executors:
                moved |= process.do_all()
            if self.dispatcher is not None:
                moved |= self.dispatcher.do_due()

    def pass_time(self, seconds: float) -> None:
        """Moves from one timer to the next; nobody is slow, unless frozen."""
        end = self.clock.now + seconds
        self.settle()
        while self.clock.now < end:
            self.clock.now = min(end, max(self._next_timer(), self.clock.now + _A_MOMENT))
            self.settle()

    def close(self) -> None:
        """The end of the world."""
        for process in self.executors:
            process.kill(noticed=False)
        self.kill_dispatcher()
        self.store.close()

    def _next_timer(self) -> float:
        timers = [process.next_timer() for process in self.executors]
        return min(timers + ([self.dispatcher.next_timer()] if self.dispatcher else []))

    def _executor(self, name: str) -> ExecutorProcess:
        return ExecutorProcess(name, self.store, self.broker, self.clock)
