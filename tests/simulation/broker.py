"""A broker like RabbitMQ, whose every delivery is somebody's decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtime.broker.port import BrokerUnavailableError, Control, Depth
from tests.simulation.stepping import reach_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.dispatch import Dispatch
    from runtime.broker.port import Announcement, Presence
    from tests.simulation.connection import Connection
    from tests.simulation.stepping import Clock


@dataclass(eq=False)
class Message:
    """A queued dispatch; its number is its place for good, also when it comes back."""

    dispatch: Dispatch
    number: int
    redelivered: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """The most urgent first, then first come first served."""
        return (self.dispatch.priority, self.number)


@dataclass
class SimulatedBroker:
    """One queue. `attached` are the executors' connections."""

    up: bool = True
    deaf: bool = False
    """Whether it loses the next broadcast."""
    ready: list[Message] = field(default_factory=list)
    attached: list[Connection] = field(default_factory=list)
    published: list[Dispatch] = field(default_factory=list)
    hear: Callable[[Presence], None] | None = None
    _numbers: int = 0

    def put(self, dispatch: Dispatch) -> None:
        """Behind its equals."""
        self._numbers += 1
        self.published.append(dispatch)
        self.ready.append(Message(dispatch, self._numbers))

    def put_back(self, message: Message) -> None:
        """To the place it had."""
        message.redelivered = True
        self.ready.append(message)

    def first(self) -> Message | None:
        """The one whose turn it is."""
        return min(self.ready, key=lambda message: message.place, default=None)

    def free(self) -> list[Connection]:
        """Who may be given a message: prefetch is 1."""
        return [each for each in self.attached if each.consuming and each.unacked is None]

    def deliver(self, message: Message, to: Connection) -> None:
        """Gives it away."""
        self.ready.remove(message)
        to.receive(message)

    def cut(self, connection: Connection) -> None:
        """Loses a connection: what was not acknowledged comes back."""
        if connection not in self.attached:
            return
        self.attached.remove(connection)
        connection.lose()
        if connection.unacked is not None:
            self.put_back(connection.unacked)

    def restart(self, *, forgetting: bool) -> None:
        """Loses every connection, and with its disk every message."""
        for connection in list(self.attached):
            self.cut(connection)
        if forgetting:
            self.ready.clear()

    def tell(self, control: Control) -> None:
        """A broadcast, best effort."""
        if self.deaf:
            self.deaf = False
            return
        for connection in self.attached:
            connection.tell(control)


class SimulatedPublisher:
    """The dispatcher's side; each question and each message is an operation."""

    durable = True
    trouble = None

    def __init__(self, broker: SimulatedBroker, clock: Clock) -> None:
        self._broker = broker
        self._since = clock.now
        self.answer_lost = False

    def publish(self, dispatches: Sequence[Dispatch], *, redelivered: bool = False) -> None:
        """One after another: a process may die between two of them."""
        for dispatch in dispatches:
            self._operate()
            self._broker.put(dispatch)
        if self.answer_lost:
            self.answer_lost = False
            raise BrokerUnavailableError("no confirm came")

    def depth(self, pool: str) -> Depth:
        """Exact counts."""
        self._operate()
        return Depth(len(self._broker.ready), None, len(self._broker.attached))

    def broadcast(self, control: Control) -> None:
        """To whoever is connected."""
        self._operate()
        self._broker.tell(control)

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Nobody listens outside this world."""

    def on_presence(self, heard: Callable[[Presence], None]) -> None:
        """One listener: a new dispatcher's takes the place of the last one's."""
        self._broker.hear = heard

    def connected_since(self) -> float | None:
        """Since its process began: the dispatcher is told at once when the broker is back."""
        return self._since if self._broker.up else None

    def close(self) -> None:
        """Its process is gone."""
        self._broker.hear = None

    def _operate(self) -> None:
        reach_out()
        if not self._broker.up:
            raise BrokerUnavailableError("the broker is away")
