"""Watching over an attempt: who else has something to say about its run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from domain.run_events import VERDICT_TOPICS, RunStarted
from executor.record import LeaseLostError
from runtime.unreachable import UNREACHABLE

if TYPE_CHECKING:
    from domain.log import EventLog
    from domain.run import Run

logger = structlog.get_logger()

_LOOK_EVERY = 1.0
"""Seconds. A cancellation is broadcast at once; looking makes it certain, broker or not."""

_ENDS = {*VERDICT_TOPICS, RunStarted.TOPIC}


async def watch_log(log: EventLog, run: Run, executor: str) -> None:
    """Returns never; raises LeaseLostError once the log has a verdict or another attempt."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        try:
            newer = await asyncio.to_thread(log.newer, run.id, run.version)
        except UNREACHABLE:
            continue  # The record will notice, and keep trying.
        for event in newer:
            # By its name: whatever else a newer Proctor may say of a verdict, it is one.
            if event.topic in _ENDS and event.by != executor:
                raise LeaseLostError(f"{event.topic} by {event.by}")
