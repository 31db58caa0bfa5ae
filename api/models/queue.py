"""The queue, its pools and executors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from runtime.broker.port import State


class ExecutorView(BaseModel):
    """One executor; `since` is when it entered its state. `version` and `started` are what it says
    itself: null in the past, and of one that is not heard."""

    id: str
    state: State
    run_id: UUID | None
    since: datetime
    version: str | None = None
    started: datetime | None = None


class BrokerView(BaseModel):
    """What the broker itself counts; null while it does not answer."""

    kind: str
    ready: int | None
    unacked: int | None
    consumers: int | None


class PoolView(BaseModel):
    """One pool: what it has to do, and who does it."""

    name: str
    queued: int
    active: int
    executors: int
    trouble: str | None


class QueueStatus(BaseModel):
    """The queue at one position of the log."""

    queued: int
    active: int
    max_concurrent: int
    available: int
    paused: bool
    by_priority: dict[str, int]
    oldest_queued_seconds: float | None
    executors: list[ExecutorView]
    pools: list[PoolView]
    broker: BrokerView
    position: int


class Cleared(BaseModel):
    """How many waiting runs were cancelled."""

    cancelled: int
