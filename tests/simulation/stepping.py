"""Threads and event loops that move one operation at a time, when they are told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable
    from concurrent.futures import Executor

    Ended = Callable[[Any, Exception | None], None]

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class KilledError(BaseException):
    """The process ends here, and nobody is to handle it."""


@dataclass
class Clock:
    """The time in this world, in seconds."""

    now: float = 1_000.0


def reach_out() -> None:
    """Said before everything that is done to the outside: a call stops there until it goes on."""
    current = getcurrent()
    if current.parent is not None:
        current.parent.switch()


class Call:
    """Synchronous work that stops before each of its operations on the outside."""

    def __init__(self, work: Callable[[], Any], ended: Ended) -> None:
        self._work = work
        self._ended = ended
        self._greenlet = greenlet(self._run)
        self._greenlet.switch()

    @property
    def over(self) -> bool:
        """Whether it has nothing left to do."""
        return bool(self._greenlet.dead)

    def go_on(self) -> None:
        """One operation, and everything up to the next."""
        self._greenlet.switch()

    def kill(self) -> None:
        """Nothing more of it happens."""
        if not self.over:
            self._greenlet.throw(KilledError)

    def _run(self) -> None:
        try:
            result = self._work()
        except KilledError:
            return
        except Exception as error:  # noqa: BLE001 - whoever waits for the call is to handle it
            self._ended(None, error)
        else:
            self._ended(result, None)


class _Nothing:
    """A selector without files: there is no outside but the one that is simulated."""

    def select(self, timeout: float | None) -> list[object]:
        return []


class SteppedLoop(asyncio.BaseEventLoop):
    """An event loop on a simulated clock whose threads are calls."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._selector = _Nothing()
        self._simulated = clock
        self.calls: list[Call] = []
        self.dead = False
        self.set_exception_handler(lambda *_: None)

    def time(self) -> float:
        """The world's."""
        return self._simulated.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """A call that goes on when it is told to."""
        future: asyncio.Future[Result] = self.create_future()
        if self.dead:
            future.cancel()
        else:
            call = Call(partial(func, *args), partial(_answer, future))
            self.calls += [] if call.over else [call]
        return future

    def settle(self) -> bool:
        """Runs what is ready or due; whether there was anything."""
        moved = False
        while self._ready or self.next_timer() <= self.time():
            moved = True
            self.call_soon(self.stop)
            self.run_forever()
        return moved

    def next_timer(self) -> float:
        """When the next timer is due."""
        return min((t.when() for t in self._scheduled if not t.cancelled()), default=float("inf"))

    def go_on(self) -> bool:
        """One operation of the call that waits longest; whether there was one."""
        if not self.calls:
            return False
        call = self.calls.pop(0)
        call.go_on()
        self.calls += [] if call.over else [call]
        return True

    def die(self) -> None:
        """Ends every task; nothing that they do on the way reaches anybody."""
        self.dead = True
        for call in self.calls:
            call.kill()
        self.calls.clear()
        while tasks := asyncio.all_tasks(self):
            for task in tasks:
                task.cancel()
            self.settle()
        self.close()

    def _process_events(self, events: object) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody waits in `select`."""


def _answer(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return  # Whoever waited was cancelled; a thread goes on all the same.
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
