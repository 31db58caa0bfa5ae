"""Tests that are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class TestView(BaseModel):
    """A kept test at its newest version."""

    id: UUID
    name: str
    version: int
    definition: dict[str, Any]
    archived: bool
    created_at: datetime
    updated_at: datetime


class TestPage(BaseModel):
    """A page of tests."""

    items: list[TestView]
    next: str | None
