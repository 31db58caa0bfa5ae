"""Who did what: the log of deeds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.keys import Admin
from api.problems import ProblemError
from api.requests import Now, position_cursor
from api.spans import in_utc
from domain.event import kind_of, nouns, topics
from projections.deed_queries import DeedFilter
from projections.reader import Snapshot

router = APIRouter(tags=["audit"])

_MOST_DOERS = 200


class DeedView(BaseModel):
    """What somebody's command brought about, in one event."""

    position: int
    at: datetime
    by: str = Field(description="`key:` and the key's id, or who else it was")
    key_name: str | None
    origin: str | None = Field(description="an address or `cli@host`; null where it is not known")
    type: str
    noun: str
    subject: UUID
    description: str


class DeedPage(BaseModel):
    """A page of deeds; `next` is the cursor of the next one."""

    items: list[DeedView]
    next: str | None


@router.get("/audit/log", operation_id="list_deeds")
def deeds(  # noqa: PLR0917 - query parameters
    _: Admin,
    looking: Now,
    who: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="a key's id, its beginning, or its name"),
    ] = None,
    what: Annotated[
        list[str] | None,
        Query(max_length=50, description="event types, or what they happened to: `key`, `queue`"),
    ] = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeedPage:
    """What people did, the newest first: every event that a command brought about."""
    types = None if what is None else _types(what)
    before = position_cursor(cursor)
    with looking.snapshot() as snapshot:
        doers = None if who is None else _doers(snapshot, who)
        rows = snapshot.deeds(
            DeedFilter(
                doers, types, since and in_utc(since), until and in_utc(until), before, limit + 1
            )
        )
    more = len(rows) > limit
    return DeedPage(
        items=[DeedView.model_validate(row) for row in rows[:limit]],
        next=str(rows[limit - 1]["position"]) if more else None,
    )


def _doers(snapshot: Snapshot, who: str) -> list[str]:
    doers = snapshot.doers(who)
    if len(doers) > _MOST_DOERS:
        raise ProblemError(
            422, "invalid request", f"who: more than {_MOST_DOERS} keys fit; name one by its id"
        )
    return doers


def _types(what: list[str]) -> list[str]:
    return sorted({topic for name in what for topic in _types_named(name)})


def _types_named(name: str) -> list[str]:
    found = topics(name) or ([name] if kind_of(name) else [])
    if not found:
        known = ", ".join(nouns())
        raise ProblemError(
            422,
            "invalid request",
            f"what: {name[:60]!r} is no type of event, as KeyRevoked is, and none of {known}",
        )
    return found
