"""What a verification found wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sort = Literal["altered", "removed", "inserted", "reordered", "ledger", "checkpoint", "published"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`position` is the event's, or the last that a checkpoint or link is about."""

    sort: Sort
    position: int
    message: str

    def __str__(self) -> str:
        return self.message
