"""Dispatches to publish, and the ways to take them again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from domain.dispatch import Dispatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.broker.port import Delivery, Publisher, Subscription

MOMENT = 0.3
"""Seconds in which something that must not happen would have happened."""


def a_dispatch(number: int = 1, priority: int = 5, pool: str = "default") -> Dispatch:
    """One like any other; the number is in its ids."""
    run_id = UUID(int=number)
    return Dispatch(run_id, attempt=1, priority=priority, dispatch_id=f"{run_id}.1", pool=pool)


async def publish(publisher: Publisher, *dispatches: Dispatch, redelivered: bool = False) -> None:
    """From another thread, as the dispatcher does."""
    await asyncio.to_thread(publisher.publish, dispatches, redelivered=redelivered)


async def take(subscription: Subscription) -> Delivery:
    """The next delivery, which must not keep us waiting."""
    async with asyncio.timeout(10):
        return await subscription.next()


async def take_and_ack(subscription: Subscription, count: int) -> list[Dispatch]:
    """The next deliveries, one after another."""
    taken = []
    for _ in range(count):
        delivery = await take(subscription)
        taken.append(delivery.dispatch)
        await delivery.ack()
    return taken


async def gets_nothing(subscription: Subscription) -> bool:
    """Whether nothing is delivered for a moment. What is being delivered is not lost."""
    waiting = asyncio.create_task(subscription.next())
    done, _ = await asyncio.wait({waiting}, timeout=MOMENT)
    waiting.cancel()
    return not done


def in_order(dispatches: Sequence[Dispatch]) -> list[Dispatch]:
    """As the port promises: most urgent first, and as published within one priority."""
    return sorted(dispatches, key=lambda dispatch: dispatch.priority)
