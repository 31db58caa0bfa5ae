"""The protections that can be taken away, to see that the harness notices."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from domain.errors import ConflictError
from domain.log import EventLog
from executor.worker import Worker
from runtime.broker.rabbitmq.letters import Batch, Letter, Unconfirmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.event import Event
    from runtime.broker.port import Delivery, Subscription

SETTING = "CHAOS_BREAK"
"""In the environment of the roles: the one that is taken away."""


@dataclass(frozen=True, slots=True)
class Protection:
    """How to take it away, and the fault that it protects from."""

    fault: str
    take_away: Callable[[], None]


def _version_check() -> None:
    """Whoever is late writes all the same, behind what was written first."""
    checked = EventLog.append

    def append(log: EventLog, *events: Event, durable: bool = True) -> int:
        while True:
            try:
                return checked(log, *events, durable=durable)
            except ConflictError:
                events = _moved_to_the_end(log, events)

    patch.object(EventLog, "append", append).start()


def _moved_to_the_end(log: EventLog, events: tuple[Event, ...]) -> tuple[Event, ...]:
    moved: dict[Any, int] = {}
    at_the_end = []
    for event in events:
        of = event.originator_id
        if of not in moved:
            moved[of] = log.history(of)[-1].event.originator_version
        moved[of] += 1
        at_the_end.append(event.model_copy(update={"originator_version": moved[of]}))
    return tuple(at_the_end)


def _publisher_confirm() -> None:
    """What was handed to the socket counts as published."""

    def add(_: Unconfirmed, batch: Batch, _letter: Letter) -> None:
        batch.confirm()

    patch.object(Unconfirmed, "add", add).start()


def _late_acknowledgement() -> None:
    """A run is acknowledged when it is begun, not when its end is recorded."""
    in_time = Worker._settle

    async def settle(
        worker: Worker, delivery: Delivery, subscription: Subscription, stop: Any
    ) -> None:
        acknowledge = delivery.ack

        async def acknowledged() -> None:
            """It was, before."""

        delivery.ack = acknowledged  # type: ignore[method-assign]
        await acknowledge()
        await in_time(worker, delivery, subscription, stop)

    patch.object(Worker, "_settle", settle).start()


def _reaper() -> None:
    """Nobody looks, at the start, for what a dead executor left behind."""
    patch("cli.executing.reap_orphans").start()


PROTECTIONS = {
    "version-check": Protection("delivery_duplicated", _version_check),
    "publisher-confirm": Protection("broker_killed_publishing", _publisher_confirm),
    "late-acknowledgement": Protection("executor_killed_mid_step", _late_acknowledgement),
    "reaper": Protection("executor_killed_browser_frozen", _reaper),
}


def take_away() -> None:
    """Takes the one away that the environment names."""
    PROTECTIONS[os.environ[SETTING]].take_away()
