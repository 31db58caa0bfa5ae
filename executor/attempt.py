"""One attempt of one run: performed, recorded and watched over at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from executor.job import Job
from executor.perform import perform
from executor.purse import BatchPurse
from executor.record import LeaseLostError, Record
from executor.watch import watch_log
from runtime.waiting import ended

if TYPE_CHECKING:
    from typing import Any

    from domain.log import EventLog
    from domain.run import Run
    from domain.run_events import RunEvent
    from executor.equipment import Equipment

logger = structlog.get_logger()


class Attempt:
    """A claimed run in this executor's hands."""

    def __init__(self, run: Run, executor: str, log: EventLog, equipment: Equipment) -> None:
        self.run = run
        self._executor = executor
        self._log = log
        self._equipment = equipment
        self._record = Record(log, run, executor)
        self._cancelled = asyncio.Event()
        self._drained = asyncio.Event()

    def cancel(self) -> None:
        """Somebody cancelled the run: stop at once."""
        self._cancelled.set()

    def drain(self) -> None:
        """The executor has to stop: give the run back."""
        self._drained.set()

    async def work(self) -> RunEvent | None:
        """Performs the run to its end. The event that ended it, or None if the lease was lost."""
        run = self.run
        job = Job(run.id, run.attempt, run.definition, run.timeout, run.decisions, self._purse())
        performing = asyncio.create_task(perform(self._equipment, job, self._record.note))
        writing = asyncio.create_task(self._record.keep_writing())
        watching = [
            asyncio.create_task(what)
            for what in (
                watch_log(self._log, self.run, self._executor),
                self._cancelled.wait(),
                self._drained.wait(),
            )
        ]
        try:
            await asyncio.wait(
                {performing, writing, *watching}, return_when=asyncio.FIRST_COMPLETED
            )
            return await self._conclude(performing, writing)
        except LeaseLostError as lost:
            logger.info("attempt.stopped", reason=str(lost))
            return None
        finally:
            self._record.stop_writing()
            await ended(performing, writing, *watching)

    def _purse(self) -> BatchPurse | None:
        run = self.run
        if run.batch_id is None or run.batch_budget is None:
            return None
        return BatchPurse(self._log, run, run.batch_id, run.batch_budget)

    async def _conclude(
        self, performing: asyncio.Task[Any], writing: asyncio.Task[None]
    ) -> RunEvent:
        performed = performing.done()
        if not performed:
            await ended(performing)
        self._record.stop_writing()
        await writing
        if performed:
            return await self._record.verdict(performing.result())
        if self._drained.is_set():
            return await self._record.give_back()
        raise LeaseLostError("the run was cancelled or taken over")
