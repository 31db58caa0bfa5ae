"""The broker port: what Proctor asks of a broker, and nothing more.

The dispatcher is synchronous and publishes; executors and the API are asynchronous and listen.
Two adapters implement it, RabbitMQ and in-process, and one conformance suite holds both to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from domain.dispatch import Dispatch


MOST_PICTURES = 60
"""Unread pictures that are kept for one observer: of a slow one's, the oldest go."""


class BrokerError(Exception):
    """Anything the broker refused or could not do."""


class BrokerUnavailableError(BrokerError):
    """The broker cannot be reached, or did not confirm in time; trying again later is right."""


class DeliveryLostError(BrokerError):
    """The connection that brought a delivery is gone: it cannot be settled and will come again."""


@dataclass(frozen=True, slots=True)
class Control:
    """A word to every executor. `run_id` is set for `cancel` only; `drain` makes each look in the
    log whether it is meant, and `resume` whether it may take runs again."""

    kind: Literal["cancel", "pause", "resume", "drain"]
    run_id: UUID | None = None


State = Literal["idle", "running", "draining", "drained", "paused", "gone"]
"""What an executor does. `draining` has a run that goes on to its end, `drained` has none and takes
none."""


@dataclass(frozen=True, slots=True)
class Presence:
    """An executor says that it is alive and what it does; sent every few seconds, kept nowhere."""

    executor: str
    state: State
    run_id: UUID | None
    since: str
    """RFC 3339 UTC: when it entered this state."""
    pool: str = "default"
    version: str | None = None
    """Proctor's, as installed there. None of an executor from before it was said."""
    started: str | None = None
    """RFC 3339 UTC."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What an executor's browser shows now: for whoever looks, kept nowhere."""

    executor: str
    run_id: UUID
    image: bytes
    """A JPEG."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event for whoever listens outside: a CloudEvent, and the key listeners choose by."""

    routing_key: str
    message_id: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Depth:
    """What the broker itself counts for one pool."""

    ready: int
    unacked: int | None
    """None where the broker does not say without its management API."""
    consumers: int


class Publisher(Protocol):
    """The dispatcher's side. Safe to call from several threads."""

    durable: bool
    """Whether queued messages survive a restart of this process."""

    def publish(self, dispatches: Sequence[Dispatch], *, redelivered: bool = False) -> None:
        """Returns when the broker has taken responsibility for every dispatch, in this order.

        `redelivered` marks them as a second delivery; only a broker that is not durable needs it,
        to tell executors after a restart that the earlier lease is lost.
        Raises BrokerUnavailableError when a confirm is missing after the adapter's timeout (10 s
        without any): some of them may have been published, and publishing all again is harmless.
        Raises plain BrokerError when somebody must act first: RabbitMQ has the queue already, made
        with other arguments. The message says which and what to do.
        """

    def depth(self, pool: str) -> Depth:
        """Counts, without changing the queue; a queue that is gone counts as empty.

        Raises BrokerUnavailableError.
        """

    def broadcast(self, control: Control) -> None:
        """Tells every executor that listens now; best effort, raises BrokerUnavailableError."""

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Returns when the broker has taken all, in this order; it keeps what somebody has a queue
        for. Nobody outside hears of an in-process broker. Raises BrokerUnavailableError."""

    def on_presence(self, heard: Callable[[Presence], None]) -> None:
        """Calls `heard`, in a thread that is not the caller's, for every presence while connected.

        `heard` must be quick and must not publish.
        """

    def connected_since(self) -> float | None:
        """`time.monotonic()` since when this connection publishes and hears presences, or None
        while it does not: disconnected, or blocked by an alarm of the broker's."""

    @property
    def trouble(self) -> str | None:
        """Why this connection does not publish now; None while it does."""

    def close(self) -> None:
        """Ends the connection; later calls raise BrokerUnavailableError."""


class Delivery(Protocol):
    """One dispatch in this executor's hands: the lease on its run."""

    dispatch: Dispatch
    redelivered: bool
    """It was given to an executor before. That one may have died with it, have requeued it, or
    never have seen it: only the log says whether the run was started."""

    async def ack(self) -> None:
        """The work is done and recorded. Raises DeliveryLostError."""

    async def requeue(self) -> None:
        """Somebody else shall have it, at the place it had. Raises DeliveryLostError."""

    async def reject(self) -> None:
        """Nobody can use it: to the dead letters. Raises DeliveryLostError."""


class Subscription(Protocol):
    """An executor's connection: at most one unsettled delivery at a time (prefetch 1)."""

    async def next(self) -> Delivery:
        """Waits for the next delivery, the most urgent first, first come first served within one
        priority. Cancelling it loses no delivery. Raises BrokerUnavailableError when the connection
        or the consumer is lost; the subscription is then of no more use."""

    async def pause(self) -> None:
        """Takes no further delivery; one that has arrived unseen goes back. Raises
        BrokerUnavailableError, or DeliveryLostError where it cannot, when the connection is lost.
        """

    async def resume(self) -> None:
        """Takes deliveries again."""

    async def control(self) -> Control:
        """Waits for the next broadcast. Raises BrokerUnavailableError when the connection is
        lost."""

    async def announce(self, presence: Presence) -> None:
        """Tells dispatcher and API that this executor lives. Raises BrokerUnavailableError."""

    async def looked_at(self) -> None:
        """Waits until somebody looks at this executor's browser, and is told again and again while
        they do. Raises BrokerUnavailableError when the connection is lost."""

    async def show(self, picture: Picture) -> None:
        """To whoever looks; where it cannot be shown it is not. Raises BrokerUnavailableError when
        the connection is lost."""


class Observer(Protocol):
    """The API's connection: it looks and listens, and takes nothing."""

    async def depth(self, pool: str = "default") -> Depth:
        """Counts, without changing the queue. Raises BrokerUnavailableError; the observer is then
        of no more use."""

    async def presence(self) -> Presence:
        """Waits for the next presence. Raises BrokerUnavailableError when the connection is
        lost."""

    async def look_at(self, executor: str) -> None:
        """Asks this executor for pictures. It sends them for some seconds, so whoever goes on
        looking goes on asking. Where there are none, none come. Raises BrokerUnavailableError when
        the connection is lost."""

    async def picture(self) -> Picture:
        """Waits for the next picture of any executor looked at. Raises BrokerUnavailableError when
        the connection is lost."""


class Broker(Protocol):
    """A factory of the three connections. `kind` is `rabbitmq` or `memory`."""

    kind: str

    def publisher(self) -> Publisher:
        """The dispatcher's connection; declares the topology. Connects in the background."""

    def subscribe(
        self, executor: str, pool: str = "default"
    ) -> AbstractAsyncContextManager[Subscription]:
        """An executor's connection. Raises BrokerUnavailableError on entering."""

    def observe(self) -> AbstractAsyncContextManager[Observer]:
        """The API's connection. Raises BrokerUnavailableError on entering."""
