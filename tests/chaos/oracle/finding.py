"""What the oracle found to be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sort = Literal[
    "lost", "duplicated", "uninvited", "answer", "verdict", "after the fact", "crowded", "fenced",
    "inversion", "views", "artifact", "left over", "slow", "promise",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that should not be."""

    sort: Sort
    detail: str
    run_id: str | None = None
    beside: str | None = None
    """Another run that it is about."""
