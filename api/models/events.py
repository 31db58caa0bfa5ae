"""Events of the log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field


class EventView(BaseModel):
    """One event of the log; `run_id` is null where the event is not about a run, or is of a kind
    that only a newer Proctor knows: that one's `data` are what is stored."""

    position: int
    run_id: UUID | None
    subject: UUID
    version: int
    type: str
    at: datetime
    by: str
    origin: Annotated[
        str | None, Field(description="where the command came from; null if nobody gave one")
    ] = None
    data: dict[str, Any]


class EventPage(BaseModel):
    """A page of events, the oldest first."""

    items: list[EventView]
    next: str | None
