"""Whether an executor may take runs: not while the queue is paused, or while it is drained."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runtime.unreachable import UNREACHABLE
from runtime.waiting import pause

if TYPE_CHECKING:
    from domain.log import EventLog
    from executor.standing import Standing
    from runtime.broker.port import State, Subscription

_LOOK_EVERY = 2.0
"""Seconds. A word is broadcast at once; looking makes it certain, broker or not."""


class Permission:
    """One executor's. The log says; what is broadcast makes it look."""

    def __init__(self, executor: str, log: EventLog, standing: Standing) -> None:
        self._executor = executor
        self._log = log
        self._standing = standing
        self.said = asyncio.Event()
        """Something was said about it since it last looked."""

    async def wait(self, subscription: Subscription, stop: asyncio.Event) -> None:
        """Returns when runs may be taken, or `stop` is set; takes none in the meantime."""
        denied = await self._denied()
        if denied is None:
            return
        await subscription.pause()
        while denied is not None and not stop.is_set():
            self._standing.enter(denied)
            await pause(_LOOK_EVERY, self.said, stop)
            denied = await self._denied()
        await subscription.resume()

    async def _denied(self) -> State | None:
        """What it is because of that; None if it may take runs."""
        self.said.clear()  # Before looking: what is said from here on is looked for again.
        try:
            queue = await asyncio.to_thread(self._log.queue)
        except UNREACHABLE:
            # Whatever it was, it still is; and no run can be claimed either.
            state = self._standing.state
            return state if state in {"drained", "paused"} else None
        if self._executor in queue.drained:
            return "drained"
        return "paused" if queue.paused else None
