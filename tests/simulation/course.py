"""The course of one run, as whoever reads the log can tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(eq=False)
class Author:
    """Whoever appends: one process from its start to its end, whatever it is called."""

    name: str
    role: Literal["client", "dispatcher", "executor"]


@dataclass
class Course:
    """What the judge knows of one run."""

    run_id: UUID
    retries: int
    priority: int
    state: Literal["queued", "running", "between", "over"] = "queued"
    version: int = 1
    asked: int = 1
    """The version of the event that asked last, and its position in the log."""
    asked_at: int = 0
    attempt: int = 0
    steps: int = 0
    failed: int = 0
    lost: int = 0
    given_back: int = 0
    starter: Author | None = None
    claimed_by: str = ""
    started_at: float = 0.0
    verdict: str | None = None
    over_since: float = 0.0

    @property
    def dispatch_id(self) -> str:
        """The one that is valid now."""
        return f"{self.run_id}.{self.asked}"
