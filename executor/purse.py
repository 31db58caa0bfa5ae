"""The budget that the runs of a batch share, kept in the log because they are in many executors."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.errors import ConflictError
from domain.spending import TokensSpent, spending_id, spent

if TYPE_CHECKING:
    from uuid import UUID

    from domain.event import Event
    from domain.log import EventLog
    from domain.run import Run
    from domain.words import Budget
    from executor.words.spending import Spent

_MOST_TRIES = 20


class BatchPurse:
    """One run's hand in it. Raises the log's errors while that is out of reach."""

    def __init__(self, log: EventLog, run: Run, batch_id: UUID, budget: Budget) -> None:
        self.budget = budget
        self._log = log
        self._run = run
        self._batch_id = batch_id

    async def spent(self) -> tuple[int, int]:
        """Calls and tokens of every run of the batch."""
        return spent(await asyncio.to_thread(self._history))

    async def add(self, spent: Spent) -> None:
        """Appends what this run has just spent."""
        await asyncio.to_thread(self._append, spent)

    def _history(self) -> list[Event]:
        return self._log.newer(spending_id(self._batch_id), 0)

    def _append(self, spent: Spent) -> None:
        for _ in range(_MOST_TRIES):
            told = TokensSpent(
                originator_id=spending_id(self._batch_id),
                originator_version=len(self._history()) + 1,
                by=self._run.executor or "executor",
                batch_id=self._batch_id,
                run_id=self._run.id,
                **spent._asdict(),
            )
            try:
                self._log.append(told, durable=False)
            except ConflictError:
                continue  # Another run of the batch was faster.
            return
