"""What a message to an executor says: who to run, never what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

HIGHEST_PRIORITY = 1
LOWEST_PRIORITY = 10
DEFAULT_PRIORITY = 5
DEFAULT_POOL = "default"


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One request to execute one attempt of one run.

    `dispatch_id` is derived from the log (`<run id>.<version of the event that asked>`), so
    publishing the same dispatch twice, after a crash or a repair, gives the same id.
    `priority` is 1 (most urgent) to 10.
    """

    run_id: UUID
    attempt: int
    priority: int
    dispatch_id: str
    pool: str = DEFAULT_POOL
