"""How many runs can be active at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.services import Services


def slots(services: Services) -> int:
    """The number of executors: those alive, or the setting where none has been heard of."""
    alive = len(services.executors.alive())
    configured = services.settings.max_concurrent_executions
    return configured if services.settings.in_process_broker else alive or configured
