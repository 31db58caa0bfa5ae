"""API keys, without what opens them but once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from domain.api_key import Role
from domain.values import Frozen, Name


class KeyRequest(Frozen):
    """A key to be made."""

    role: Role
    name: Name = "unnamed"


class KeyView(BaseModel):
    """An API key, without what opens it."""

    id: UUID
    name: str
    role: Role
    revoked: bool
    created_at: datetime


class KeyPage(BaseModel):
    """Every API key."""

    items: list[KeyView]
    next: None = None


class NewKey(BaseModel):
    """A key just made: the only time that `key` is shown."""

    id: UUID
    name: str
    role: Role
    key: str


class OwnKey(BaseModel):
    """The key that a request was made with."""

    id: UUID
    name: str
    role: Role
