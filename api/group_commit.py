"""Concurrent submissions in one process share commits: one wait for the disk serves them all."""

from __future__ import annotations

import asyncio
import queue
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from domain.errors import ConflictError
from runtime.backoff import Backoff
from runtime.unreachable import UNREACHABLE, UncertainError

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from domain.event import Event
    from domain.log import EventLog

_MOST_WAITING = 5_000
_MOST_EVENTS = 2_000
_STOP_CHECK = 0.1
_LONGEST_WAIT = 30.0
_PATIENCE = 5.0
"""Seconds for finding out what became of a commit whose reply was lost."""


class TooBusyError(Exception):
    """More submissions wait for their commit than should; try again in a moment."""


class _Group:
    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.position: Future[int] = Future()

    def begin(self) -> bool:
        """Whether somebody still waits; from now on it cannot be withdrawn."""
        return self.position.set_running_or_notify_cancel()


class GroupCommit:
    """A component that commits what waits, together; each group of events stays whole."""

    name = "group commit"

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._waiting: queue.Queue[_Group] = queue.Queue(_MOST_WAITING)

    def append(self, *events: Event) -> int:
        """Commits the events durably, perhaps with others'; returns a position not before theirs.

        Raises what `EventLog.append` raises, and TooBusyError; TimeoutError if nothing was
        committed in time, and UncertainError if nobody knows.
        """
        group = self._enqueue(events)
        try:
            return group.position.result(_LONGEST_WAIT)
        except TimeoutError:
            raise _withdrawn(group) from None

    async def committed(self, *events: Event) -> int:
        """The same for asynchronous callers, without a thread that waits."""
        group = self._enqueue(events)
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                # Shielded: what was handed over is committed, whether its caller waits or not.
                return await asyncio.shield(asyncio.wrap_future(group.position))
        except TimeoutError:
            raise _withdrawn(group) from None

    def _enqueue(self, events: Sequence[Event]) -> _Group:
        group = _Group(events)
        try:
            self._waiting.put_nowait(group)
        except queue.Full as full:
            raise TooBusyError(f"{_MOST_WAITING} submissions are waiting") from full
        return group

    def run(self, stop: threading.Event) -> None:
        """Commits until `stop` is set and nothing waits."""
        while not stop.is_set() or not self._waiting.empty():
            groups = [group for group in self._take() if group.begin()]
            if groups:
                self._commit(groups)

    def _take(self) -> list[_Group]:
        try:
            groups = [self._waiting.get(timeout=_STOP_CHECK)]
        except queue.Empty:
            return []
        events = len(groups[0].events)
        while events < _MOST_EVENTS and not self._waiting.empty():
            groups.append(self._waiting.get_nowait())
            events += len(groups[-1].events)
        return groups

    def _commit(self, groups: list[_Group]) -> None:
        try:
            position = self._append([event for group in groups for event in group.events])
        except ConflictError as error:
            if len(groups) == 1:
                groups[0].position.set_exception(error)
                return
            for group in groups:  # One of them collides; the others must not suffer for it.
                self._commit([group])
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            for group in groups:
                group.position.set_exception(error)
        else:
            for group in groups:
                group.position.set_result(position)

    def _append(self, events: Sequence[Event]) -> int:
        try:
            return self._log.append(*events)
        except UncertainError:
            return self._append_after_all(events)

    def _append_after_all(self, events: Sequence[Event]) -> int:
        """Finds out what became of a commit whose reply was lost, by trying it again: the log takes
        the same events once. Raises UncertainError after `_PATIENCE` seconds."""
        backoff, end = Backoff(), time.monotonic() + _PATIENCE
        while True:
            try:
                return self._append_or_find(events)
            except UNREACHABLE as error:
                if time.monotonic() > end:
                    raise UncertainError(str(error)) from error
                time.sleep(backoff.next())

    def _append_or_find(self, events: Sequence[Event]) -> int:
        try:
            return self._log.append(*events)
        except ConflictError:
            for recorded in self._log.history(events[-1].originator_id):
                if recorded.event == events[-1]:
                    return recorded.position
            raise


def _withdrawn(group: _Group) -> Exception:
    """What to tell a caller who has waited long enough."""
    if group.position.cancel():
        return TimeoutError(f"no commit within {_LONGEST_WAIT:g} s")
    return UncertainError(f"the commit was not over after {_LONGEST_WAIT:g} s")
