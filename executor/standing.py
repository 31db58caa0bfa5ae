"""What an executor says of itself: what it does, since when, and with which run."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from runtime.broker.port import BrokerUnavailableError, Presence
from runtime.waiting import pause

if TYPE_CHECKING:
    from uuid import UUID

    from runtime.broker.port import State, Subscription

_ANNOUNCE_EVERY = 3.0
_VERSION = version("proctor")


class Standing:
    """One executor's, from its start on; `run_id` is the run in its hands."""

    def __init__(self, executor: str, pool: str) -> None:
        self._executor = executor
        self._pool = pool
        self.state: State = "idle"
        self.run_id: UUID | None = None
        self._since = self._started = _now()
        self._changed = asyncio.Event()

    def enter(self, state: State) -> None:
        """It does this now; everybody is told at once."""
        if state != self.state:
            self.state, self._since = state, _now()
            self._changed.set()

    async def keep_announced(self, subscription: Subscription) -> None:
        """Until the connection is lost."""
        while True:
            try:
                await self.announce(subscription)
            except BrokerUnavailableError:
                return
            self._changed.clear()
            await pause(_ANNOUNCE_EVERY, self._changed)

    async def announce(self, subscription: Subscription) -> None:
        """Once. Raises BrokerUnavailableError."""
        await subscription.announce(
            Presence(
                self._executor, self.state, self.run_id, self._since, self._pool,
                _VERSION, self._started,
            )
        )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat()
