"""The dispatcher's connection: callers' threads on one side, pika's thread on the other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from domain.dispatch import DEFAULT_POOL
from runtime.broker.port import BrokerError, BrokerUnavailableError
from runtime.broker.rabbitmq.census import Census
from runtime.broker.rabbitmq.letters import (
    Batch,
    Letter,
    control_letter,
    dispatch_letter,
    event_letter,
)
from runtime.broker.rabbitmq.link import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.dispatch import Dispatch
    from runtime.broker.address import Address
    from runtime.broker.port import Announcement, Control, Depth, Presence

CONFIRM_TIMEOUT = 10.0
"""Seconds without any confirm. RabbitMQ says nothing when a memory or disk alarm blocks us."""

_CLOSE_TIMEOUT = 5.0


class RabbitPublisher:
    """Publishes from any thread but its own; reconnects by itself for as long as it lives."""

    durable = True

    def __init__(
        self,
        address: Address,
        role: str,
        queue_type: str,
        pools: tuple[str, ...] = (DEFAULT_POOL,),
        confirm_timeout: float = CONFIRM_TIMEOUT,
    ) -> None:
        self._patience = confirm_timeout
        self._closed = False
        self._link = Link(address, role, queue_type, pools)
        self._thread = threading.Thread(
            target=self._link.run, name=f"proctor {role} broker", daemon=True
        )
        self._thread.start()

    def publish(self, dispatches: Sequence[Dispatch], *, redelivered: bool = False) -> None:
        """Returns when all are confirmed: in their queue, and on disk.

        Raises BrokerUnavailableError, and plain BrokerError when the queue exists with other
        arguments, which somebody must put right.
        """
        self._send([dispatch_letter(each, redelivered=redelivered) for each in dispatches])

    def depth(self, pool: str) -> Depth:
        """By a passive declare, which does not say what is unacknowledged."""
        census = Census(pool, self._link.forget_pool)
        self._link.call(lambda: self._link.count(census))
        try:
            return census.result.result(self._patience)
        except TimeoutError:
            raise BrokerUnavailableError(
                f"RabbitMQ at {self._link.address} did not count for {self._patience:g} s"
            ) from None

    def broadcast(self, control: Control) -> None:
        """Returns when RabbitMQ has taken it."""
        self._send([control_letter(control)])

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Returns when all are confirmed."""
        self._send([event_letter(each) for each in announcements])

    def on_presence(self, heard: Callable[[Presence], None]) -> None:
        """Calls `heard` in the connection's thread, which must not wait for a `publish`."""
        self._link.listeners.append(heard)

    def connected_since(self) -> float | None:
        """When it last became ready; None while it is not, or while an alarm blocks it: presences
        are published too, so then nothing is heard of executors that are well."""
        return self._link.ready_since

    @property
    def trouble(self) -> str | None:
        """Refused, unreachable, or blocked by an alarm of RabbitMQ's."""
        return self._link.trouble

    def close(self) -> None:
        """Ends the connection and its thread. What was not confirmed fails."""
        if self._closed:
            return
        self._closed = True
        self._link.call(self._link.close)
        self._thread.join(_CLOSE_TIMEOUT)

    def _send(self, letters: list[Letter]) -> None:
        if self._closed:
            raise BrokerUnavailableError("this publisher is closed")
        if not letters:
            return
        batch = Batch(letters)
        self._link.call(lambda: self._link.send(batch))
        if not batch.wait(self._patience):
            batch.fail(self._no_confirm())
        if batch.failure is not None:
            raise _again(batch.failure)

    def _no_confirm(self) -> BrokerError:
        trouble = self._link.trouble or "it is connected, and silent"
        return BrokerUnavailableError(
            f"no confirm from RabbitMQ at {self._link.address} for {self._patience:g} s: {trouble}"
        )


def _again(failure: BrokerError) -> BrokerError:
    """A copy: one failure may end several callers' waiting, and each adds its own traceback."""
    return type(failure)(*failure.args)
