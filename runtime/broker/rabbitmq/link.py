"""The publishing connection's life, in pika's thread: connect, publish, lose, connect again.

Every method runs in that thread, but for `call`, by which other threads get in.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pika  # type: ignore[import-untyped]
import structlog
from pika.adapters.select_connection import IOLoop  # type: ignore[import-untyped]

from runtime.backoff import Backoff
from runtime.broker.port import BrokerError, BrokerUnavailableError
from runtime.broker.rabbitmq import topology
from runtime.broker.rabbitmq.ear import Ear
from runtime.broker.rabbitmq.outlet import Outlet
from runtime.broker.rabbitmq.refusals import cause_of, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.broker.address import Address
    from runtime.broker.port import Presence
    from runtime.broker.rabbitmq.census import Census
    from runtime.broker.rabbitmq.letters import Batch

logger = structlog.get_logger()

_CONNECT_TIMEOUT = 10.0
_CLOSE_TIMEOUT = 2.0


class Link:
    """Holds what is to be published while there is no connection that takes it."""

    def __init__(
        self, address: Address, role: str, queue_type: str, pools: tuple[str, ...]
    ) -> None:
        self.address = address
        self.ready_since: float | None = None
        """`time.monotonic()` since when it publishes and hears."""
        self.trouble: str | None = "not connected yet"
        self.listeners: list[Callable[[Presence], None]] = []
        self._role = role
        self._queue_type = queue_type
        self._pools = pools
        self._loop = IOLoop()
        self._backoff = Backoff()
        self._connection: Any = None
        self._outlet: Outlet | None = None
        self._cause: Exception | None = None
        self._refusal: BrokerError | None = None
        self._waiting: list[Batch] = []
        self._closing = False

    def run(self) -> None:
        """The thread: works until closed."""
        self.call(self._connect)
        while not self._closing:
            try:
                self._loop.start()
            except Exception as error:
                # A mistake, ours or pika's, must not end the thread that everybody waits for.
                logger.exception("broker.publisher_stumbled")
                self._drop(error)
        self._loop.close()

    def call(self, work: Callable[[], None]) -> None:
        """Has `work` done in the link's thread."""
        self._loop.add_callback_threadsafe(work)

    def send(self, batch: Batch) -> None:
        """Publishes it, now or as soon as that is possible."""
        if self._closing:
            batch.fail(BrokerUnavailableError("this publisher is closed"))
        elif self._refusal is not None:
            batch.fail(self._refusal)
        else:
            self._waiting.append(batch)
            self._flush()

    def count(self, census: Census) -> None:
        """Has a queue counted, if there is a connection to ask on."""
        if self._outlet is None or self.ready_since is None:
            census.fail(f"no connection to RabbitMQ at {self.address}: {self.trouble}")
        else:
            census.take(self._connection)

    def forget_pool(self, pool: str) -> None:
        """Its queue is gone: the next message for it declares it again."""
        if self._outlet is not None:
            self._outlet.forget(pool)

    def close(self) -> None:
        """Ends the thread when RabbitMQ has answered, and soon in any case."""
        self._closing = True
        self._stop_publishing(BrokerUnavailableError("this publisher was closed"))
        self._fail_waiting(BrokerUnavailableError("this publisher was closed"))
        self._loop.call_later(_CLOSE_TIMEOUT, self._loop.stop)
        if self._connection is None or self._connection.is_closed:
            self._loop.stop()
        elif self._connection.is_open:
            self._connection.close()
        # Otherwise it is being opened or closed: `_on_open` or `_on_closed` goes on.

    # -- connecting ---------------------------------------------------------------------------

    def _connect(self) -> None:
        if self._closing:
            return
        self._cause = None
        self._connection = pika.SelectConnection(
            self._parameters(),
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_closed,
            on_close_callback=self._on_closed,
            custom_ioloop=self._loop,
        )

    def _parameters(self) -> pika.ConnectionParameters:
        to = self.address
        return pika.ConnectionParameters(
            host=to.host,
            port=to.port,
            virtual_host=to.vhost,
            credentials=pika.PlainCredentials(to.user, to.password),
            heartbeat=to.heartbeat,
            ssl_options=pika.SSLOptions(to.tls, to.host) if to.tls else None,
            client_properties=topology.client_properties(f"proctor {self._role}", self._role),
            socket_timeout=_CONNECT_TIMEOUT,
            stack_timeout=_CONNECT_TIMEOUT,
        )

    def _on_open(self, connection: Any) -> None:
        if self._closing:
            connection.close()
            return
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_channel_closed)
        self._outlet = Outlet(channel, self._queue_type, self._pools)
        self._outlet.open(self._listen)

    def _listen(self) -> None:
        ear = Ear(self._role, self._hear, self._on_channel_closed)
        ear.open(self._connection, self._on_ready)

    def _on_ready(self) -> None:
        self._refusal = None
        self._backoff.reset()
        logger.info("broker.connected", broker=str(self.address), role=self._role)
        self._start_publishing()

    # -- publishing ---------------------------------------------------------------------------

    def _start_publishing(self) -> None:
        self.ready_since, self.trouble = time.monotonic(), None
        self._flush()

    def _flush(self) -> None:
        self._waiting = [batch for batch in self._waiting if not batch.over]
        if self.ready_since is None or self._outlet is None:
            return
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            self._outlet.publish(batch)

    def _hear(self, presence: Presence) -> None:
        for listener in self.listeners:
            try:
                listener(presence)
            except Exception:
                logger.exception("broker.presence_listener_failed", executor=presence.executor)

    def _on_blocked(self, _connection: Any, frame: Any) -> None:
        # What is sent now would only fill a buffer: it waits, at most until its caller gives up.
        self.ready_since = None
        self.trouble = f"it takes no messages for now: {frame.method.reason}"
        logger.warning("broker.blocked", broker=str(self.address), reason=frame.method.reason)

    def _on_unblocked(self, _connection: Any, _frame: Any) -> None:
        logger.info("broker.unblocked", broker=str(self.address))
        self._start_publishing()

    # -- losing -------------------------------------------------------------------------------

    def _on_channel_closed(self, _channel: Any, reason: Exception) -> None:
        if self._connection.is_open:
            self._cause = reason
            self._connection.close()

    def _on_closed(self, connection: Any, reason: Exception) -> None:
        if connection is not self._connection:
            return  # One that was given up for the present one.
        if self._closing:
            self._loop.stop()
            return
        cause = self._cause or reason
        self._refusal = refusal(cause, self.address)
        error = self._refusal or BrokerUnavailableError(
            f"no connection to RabbitMQ at {self.address}: {cause_of(cause)!r}"
        )
        self._stop_publishing(error)
        if self._refusal is not None:
            self._fail_waiting(error)
        self._connect_later(str(error))

    def _stop_publishing(self, error: BrokerError) -> None:
        self.ready_since, self.trouble = None, str(error)
        if self._outlet is not None:
            self._outlet.fail(error)
            self._outlet = None

    def _fail_waiting(self, error: BrokerError) -> None:
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            batch.fail(error)

    def _connect_later(self, why: str) -> None:
        delay = self._backoff.next()
        logger.warning("broker.disconnected", error=why, again_in=round(delay, 2))
        self._loop.call_later(delay, self._connect)

    def _drop(self, error: Exception) -> None:
        self._cause = error
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
        else:
            self._on_closed(self._connection, error)
