"""Receipts: a submission is answered with its run as the views show it, many with one question."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from api.presented import run_view, with_estimates
from runtime.unreachable import UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from api.models.runs import RunView
    from api.views_clock import ViewsClock
    from projections.reader import ViewReader

_LONGEST_WAIT = 1.0
"""Seconds for the views to show the write; after that the answer goes without its place."""

_LONGEST_READ = 3.0

_MOST_AT_ONCE = 500


class Receipts:
    """Reads the runs of all submissions that wait at the same time in one snapshot.

    Lives in one event loop.
    """

    def __init__(self, reader: ViewReader, clock: ViewsClock, slots: Callable[[], int]) -> None:
        self._reader = reader
        self._clock = clock
        self._slots = slots
        self._waiting: dict[UUID, asyncio.Future[tuple[RunView | None, int]]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def of(self, run_id: UUID, position: int) -> tuple[RunView | None, int]:
        """The run as of `position` or later, and the position it is shown at.

        None if the views did not come so far in time, or cannot be read: the run is accepted, and
        whatever happens to its receipt must not sound as if it were not.
        """
        if not await self._clock.reached(position, _LONGEST_WAIT):
            return None, position
        receipt = self._waiting.get(run_id)
        if receipt is None:
            receipt = self._waiting[run_id] = asyncio.get_running_loop().create_future()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(_LONGEST_READ):
                return await asyncio.shield(receipt)
        except (TimeoutError, *UNREACHABLE):
            return None, position

    async def _read(self) -> None:
        while self._waiting:
            ids = list(self._waiting)[:_MOST_AT_ONCE]
            waiting = {run_id: self._waiting.pop(run_id) for run_id in ids}
            try:
                runs, position = await asyncio.to_thread(self._look, ids)
            except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
                for receipt in waiting.values():
                    receipt.set_exception(error)
                continue
            for run_id, receipt in waiting.items():
                receipt.set_result((runs.get(run_id), position))

    def _look(self, run_ids: list[UUID]) -> tuple[dict[UUID, RunView], int]:
        with self._reader.now() as snapshot:
            views = [run_view(row) for row in snapshot.runs_of(run_ids)]
            runs = with_estimates(views, snapshot, self._slots())
            return {run.id: run for run in runs}, snapshot.position
