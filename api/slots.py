"""How many runs can be active at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.executors import Executors
    from runtime.settings import Settings


def slots(executors: Executors, settings: Settings) -> int:
    """The number of executors: those alive, or the setting where none has been heard of."""
    alive = len(executors.alive())
    configured = settings.max_concurrent_executions
    return configured if settings.in_process_broker else alive or configured
