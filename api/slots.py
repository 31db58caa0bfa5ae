"""How many runs can be active at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.executors import Executors
    from runtime.settings import Settings


def slots(executors: Executors, settings: Settings) -> int:
    """The number of executors: those alive, or the setting where none has been heard of; without
    those that are drained. One that is being drained counts for as long as it has a run."""
    alive = executors.alive()
    configured = settings.max_concurrent_executions
    there = configured if settings.in_process_broker or not alive else len(alive)
    return max(0, there - sum(said.state == "drained" for said in alive))
