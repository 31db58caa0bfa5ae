"""What is published: letters, the batches callers wait for, and the confirms they wait for."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pika  # type: ignore[import-untyped]

from domain.cloud_event import CONTENT_TYPE as EVENT_TYPE
from runtime.broker.port import BrokerError, BrokerUnavailableError
from runtime.broker.rabbitmq import topology, wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.dispatch import Dispatch
    from runtime.broker.port import Announcement, Control


@dataclass(frozen=True, slots=True)
class Letter:
    """One message and where it goes."""

    exchange: str
    routing_key: str
    body: bytes
    properties: pika.BasicProperties
    mandatory: bool

    @property
    def pool(self) -> str | None:
        """The pool whose queue it needs."""
        return self.routing_key if self.exchange == topology.RUNS else None


def dispatch_letter(dispatch: Dispatch, *, redelivered: bool) -> Letter:
    """Persistent and mandatory: RabbitMQ confirms it when it is in a queue and on disk."""
    properties = pika.BasicProperties(
        content_type=wire.CONTENT_TYPE,
        delivery_mode=pika.DeliveryMode.Persistent.value,
        priority=topology.amqp_priority(dispatch.priority),
        message_id=dispatch.dispatch_id,
        type="dispatch",
        app_id="proctor",
        # The body says the same to executors; headers are what the management UI shows.
        headers={
            "run_id": str(dispatch.run_id),
            "attempt": dispatch.attempt,
            "priority": dispatch.priority,
            "dispatch_id": dispatch.dispatch_id,
        },
    )
    body = wire.encode_dispatch(dispatch, redelivered=redelivered)
    return Letter(topology.RUNS, dispatch.pool, body, properties, mandatory=True)


def control_letter(control: Control) -> Letter:
    """Not mandatory: with no executor there is nobody to tell."""
    properties = pika.BasicProperties(
        content_type=wire.CONTENT_TYPE, type=control.kind, app_id="proctor"
    )
    return Letter(topology.CONTROL, "", wire.encode_control(control), properties, mandatory=False)


def event_letter(announcement: Announcement) -> Letter:
    """Persistent, for queues that are, and not mandatory: mostly nobody listens."""
    properties = pika.BasicProperties(
        content_type=EVENT_TYPE,
        delivery_mode=pika.DeliveryMode.Persistent.value,
        message_id=announcement.message_id,
        type=announcement.kind,
        app_id="proctor",
    )
    return Letter(
        topology.EVENTS, announcement.routing_key, announcement.body, properties, mandatory=False
    )


class Batch:
    """Letters whose publisher waits, in its own thread, until all are confirmed or one failed."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self.letters = letters
        self.pools = {letter.pool for letter in letters if letter.pool is not None}
        self.failure: BrokerError | None = None
        self._remaining = len(letters)
        self._over = threading.Event()

    @property
    def over(self) -> bool:
        """Whether nobody waits any more."""
        return self._over.is_set()

    def confirm(self) -> None:
        """One letter is in RabbitMQ's hands."""
        self._remaining -= 1
        if self._remaining == 0:
            self._over.set()

    def fail(self, error: BrokerError) -> None:
        """Ends the waiting; the first failure is the one to tell."""
        self.failure = self.failure or error
        self._over.set()

    def wait(self, patience: float) -> bool:
        """Waits as long as some confirm comes within `patience` seconds. False: none came."""
        seen = -1
        while not self._over.wait(patience):
            if self._remaining in (seen, len(self.letters)):
                return False
            seen = self._remaining
        return True


class Unconfirmed:
    """The letters on their way on one channel, by delivery tag, in order."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[Batch, Letter]] = {}
        self._last = 0

    def add(self, batch: Batch, letter: Letter) -> None:
        """RabbitMQ numbers what a channel publishes from 1, and so do we."""
        self._last += 1
        self._waiting[self._last] = (batch, letter)

    def confirmed(self, tag: int, *, multiple: bool) -> None:
        """RabbitMQ has it, or them."""
        for batch, _ in self._settle(tag, multiple=multiple):
            batch.confirm()

    def refused(self, tag: int, *, multiple: bool) -> None:
        """RabbitMQ could not take it, or them: a queue is full or in trouble."""
        for batch, letter in self._settle(tag, multiple=multiple):
            batch.fail(BrokerUnavailableError(f"RabbitMQ refused {_name(letter)}"))

    def returned(self, message_id: str) -> None:
        """No queue for it. The confirm that follows comes too late to count."""
        for batch, letter in self._waiting.values():
            if letter.properties.message_id == message_id:
                reason = f"no queue takes {_name(letter)}: {topology.run_queue(letter.routing_key)}"
                batch.fail(BrokerUnavailableError(f"{reason} is gone or not bound"))

    def fail(self, error: BrokerError) -> None:
        """The channel is gone."""
        for batch, _ in self._waiting.values():
            batch.fail(error)
        self._waiting.clear()

    def _settle(self, tag: int, *, multiple: bool) -> Iterator[tuple[Batch, Letter]]:
        tags = list(self._up_to(tag)) if multiple else [tag]
        for each in tags:
            if each in self._waiting:
                yield self._waiting.pop(each)

    def _up_to(self, tag: int) -> Iterator[int]:
        for each in self._waiting:
            if each > tag:
                return
            yield each


def _name(letter: Letter) -> str:
    return f"{letter.properties.type} {letter.properties.message_id or ''}".rstrip()
