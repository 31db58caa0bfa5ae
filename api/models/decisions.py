"""What steps in words were decided to mean."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from domain.decision import Decision


class DecisionView(BaseModel):
    """One version of what a step in words was decided to mean; `known` is what runs replay."""

    test: str
    suite: str
    words: str
    instruction: str
    nth: int = Field(description="the how many-th step of the test that says this")
    version: int
    known: bool
    forgotten: bool
    run_id: UUID
    known_at: datetime
    decision: Decision


class DecisionPage(BaseModel):
    """Every decision of a test."""

    items: list[DecisionView]
    next: None = None


class Forgotten(BaseModel):
    """How many decisions will be made anew."""

    forgotten: int
