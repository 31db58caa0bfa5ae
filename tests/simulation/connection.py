"""An executor's connection to the simulated broker."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from runtime.broker.port import BrokerUnavailableError, DeliveryLostError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from runtime.broker.port import Control, Presence
    from tests.simulation.broker import Message, SimulatedBroker

    Acknowledged = Callable[[Message], None]


class Port:
    """The broker as one executor's process reaches it, unless it is dead or cut off."""

    kind = "simulated"

    def __init__(self, broker: SimulatedBroker, acknowledged: Acknowledged) -> None:
        self.reachable = True
        self.connection: Connection | None = None
        self._broker = broker
        self._acknowledged = acknowledged

    @asynccontextmanager
    async def subscribe(self, executor: str, pool: str = "default") -> AsyncIterator[Connection]:
        """As the port says."""
        if not (self.reachable and self._broker.up):
            raise BrokerUnavailableError("the broker is away")
        self.connection = Connection(self._broker, self._acknowledged)
        self._broker.attached.append(self.connection)
        try:
            yield self.connection
        finally:
            self._broker.cut(self.connection)


class Connection:
    """One channel with prefetch 1."""

    def __init__(self, broker: SimulatedBroker, acknowledged: Acknowledged) -> None:
        self.consuming = True
        self.unacked: Message | None = None
        self.lost = False
        self._broker = broker
        self._acknowledged = acknowledged
        self._arrived: deque[Held] = deque()
        self._heard: deque[Control] = deque()
        self._news = asyncio.Event()

    # -- the broker's side ----------------------------------------------------------------------

    def receive(self, message: Message) -> None:
        """It is under way, and counts as unacknowledged."""
        self.unacked = message
        self._arrived.append(Held(self, message))
        self._news.set()

    def tell(self, control: Control) -> None:
        """A broadcast."""
        self._heard.append(control)
        self._news.set()

    def lose(self) -> None:
        """It is gone, and whoever waits on it is told."""
        self.lost, self.consuming = True, False
        self._news.set()

    # -- the executor's side --------------------------------------------------------------------

    async def next(self) -> Held:
        """The next delivery."""
        found: Held = await self._next_of(self._arrived)
        return found

    async def control(self) -> Control:
        """The next broadcast."""
        found: Control = await self._next_of(self._heard)
        return found

    async def pause(self) -> None:
        """What has arrived unseen goes back."""
        self.consuming = False
        while self._arrived:
            await self._arrived.popleft().requeue()

    async def resume(self) -> None:
        """Takes deliveries again."""
        self.consuming = not self.lost

    async def announce(self, presence: Presence) -> None:
        """To the dispatcher, if there is one."""
        self.require()
        if self._broker.hear is not None:
            self._broker.hear(presence)

    def require(self) -> None:
        """Raises BrokerUnavailableError."""
        if self.lost:
            raise BrokerUnavailableError("the connection is lost")

    def settle(self, message: Message, *, acknowledged: bool) -> None:
        """The executor is done with it. Raises DeliveryLostError."""
        if self.lost or self.unacked is not message:
            raise DeliveryLostError(f"{message.dispatch.dispatch_id} is not held here")
        self.unacked = None
        if acknowledged:
            self._acknowledged(message)
        else:
            self._broker.put_back(message)

    async def _next_of(self, waiting: deque[Any]) -> Any:
        while not waiting:
            self.require()
            self._news.clear()
            await self._news.wait()
        self.require()
        return waiting.popleft()


class Held:
    """A delivery in an executor's hands."""

    def __init__(self, connection: Connection, message: Message) -> None:
        self.dispatch = message.dispatch
        self.redelivered = message.redelivered
        self._connection = connection
        self._message = message

    async def ack(self) -> None:
        """Done and recorded."""
        self._connection.settle(self._message, acknowledged=True)

    async def requeue(self) -> None:
        """Somebody else shall have it."""
        self._connection.settle(self._message, acknowledged=False)

    async def reject(self) -> None:
        """Nobody can use it."""
        self._connection.settle(self._message, acknowledged=True)
