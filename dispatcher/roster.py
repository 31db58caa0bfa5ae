"""Who is alive: the executors heard of lately."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from runtime.broker.port import Presence, Publisher

SILENCE = 15.0
"""Seconds without a word after which an executor is taken for dead; it speaks every few."""


class Roster:
    """Remembers when each executor was last heard.

    While this process itself has not been connected for as long as `SILENCE`, it knows nothing:
    executors may be alive behind a broker that was down.
    """

    def __init__(self, publisher: Publisher, clock: Callable[[], float] = time.monotonic) -> None:
        self._publisher = publisher
        self._clock = clock
        self._heard: dict[str, float] = {}
        self._held: dict[str, tuple[UUID | None, float]] = {}
        publisher.on_presence(self._hear)

    def silent(self, executor: str) -> bool:
        """Whether the executor would have been heard if it were alive."""
        since = self._publisher.connected_since()
        now = self._clock()
        if since is None or now - since < SILENCE:
            return False
        return now - self._heard.get(executor, since) > SILENCE

    def denies(self, executor: str, run_id: UUID) -> bool:
        """Whether the executor, alive, has said for as long as `SILENCE` that it holds something
        else or nothing: a new one under the name of one that died with the run."""
        held, since = self._held.get(executor, (run_id, 0.0))
        return held != run_id and self._clock() - since > SILENCE

    def _hear(self, presence: Presence) -> None:
        now, executor = self._clock(), presence.executor
        if presence.state == "gone":
            self._heard.pop(executor, None)
            self._held.pop(executor, None)
            return
        self._heard[executor] = now
        if executor not in self._held or self._held[executor][0] != presence.run_id:
            self._held[executor] = presence.run_id, now
