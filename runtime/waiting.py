"""Waiting for one thing unless another comes first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


async def unless(work: Coroutine[Any, Any, T], *events: asyncio.Event) -> T | None:
    """The result of `work`, or None if an event is set first; `work` is then cancelled."""
    working = asyncio.create_task(work)
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait({working, *waits}, return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else None
    finally:
        for wait in waits:
            wait.cancel()
        await ended(working)


async def pause(seconds: float, *events: asyncio.Event) -> None:
    """Waits `seconds`, or until one of the events is set."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancels the tasks and waits until they are over; what they raised is not ours to handle."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
