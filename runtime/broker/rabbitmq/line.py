"""A listener's connection with aio-pika: opened within a timeout, and lost only once.

Plain, not robust: a connection that mends itself behind our back can come back consuming nothing.
Here a loss is final, told to whoever waits, and the caller connects anew.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import aio_pika
import structlog
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity

from runtime.broker.port import BrokerError, BrokerUnavailableError
from runtime.broker.rabbitmq.refusals import told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aio_pika.abc import AbstractChannel, AbstractConnection

    from runtime.broker.address import Address

logger = structlog.get_logger()

ANSWER_TIMEOUT = 10.0
"""Seconds for any one answer of RabbitMQ's."""


@asynccontextmanager
async def answered(
    what: str, error: type[BrokerError] = BrokerUnavailableError
) -> AsyncIterator[None]:
    """What is asked inside is answered in time and without complaint, or raises `error`."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            yield
    except TimeoutError:
        raise error(f"cannot {what}: no answer within {ANSWER_TIMEOUT:g} s") from None
    except ChannelNotFoundEntity as missing:
        raise error(f"cannot {what}: {missing}; the dispatcher declares it, is it up?") from missing
    except CONNECTION_EXCEPTIONS as reason:
        raise error(f"cannot {what}: {reason!r}") from reason
    except asyncio.CancelledError as cancelled:
        # aiormq cancels what waits on a channel that closes; that is not somebody cancelling us.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise error(f"cannot {what}: the channel was closed") from cancelled


class Line:
    """One connection. `lost` is called at most once, with the reason."""

    def __init__(self, connection: AbstractConnection, lost: Callable[[str], None]) -> None:
        self._connection = connection
        self._lost = lost
        connection.close_callbacks.add(self._on_closed)

    async def channel(self, *, confirms: bool = False, vital: bool = True) -> AbstractChannel:
        """A channel; the closing of one that is `vital` is, like the connection's, the loss of
        the line."""
        async with answered("open a channel"):
            channel = self._connection.channel(
                publisher_confirms=confirms, on_return_raises=confirms
            )
            await channel.initialize()
        if not vital:
            return channel
        channel.close_callbacks.add(self._on_closed)
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(self._on_consumer_cancelled)
        return channel

    def _on_closed(self, _sender: Any, reason: BaseException | None) -> None:
        self._lost(f"the connection to RabbitMQ was lost: {reason!r}")

    def _on_consumer_cancelled(self, _frame: Any) -> None:
        self._lost("RabbitMQ cancelled the consumer: its queue was deleted, or moved")


@asynccontextmanager
async def open_line(
    address: Address, properties: dict[str, str], lost: Callable[[str], None]
) -> AsyncIterator[Line]:
    """A connection for as long as the context. Raises BrokerUnavailableError on entering."""
    async with answered(f"connect to RabbitMQ at {address}"):
        connection = await _connect(address, properties)
    logger.info("broker.connected", broker=str(address), connection=properties["connection_name"])
    try:
        yield Line(connection, lost)
    finally:
        with suppress(BrokerUnavailableError):
            async with answered("close the connection"):
                await connection.close()


async def _connect(address: Address, properties: dict[str, str]) -> AbstractConnection:
    try:
        return await aio_pika.connect(
            host=address.host,
            port=address.port,
            login=address.user,
            password=address.password,
            virtualhost=address.vhost,
            ssl=address.tls is not None,
            ssl_context=address.tls,
            client_properties={**properties},
            heartbeat=address.heartbeat,
        )
    except CONNECTION_EXCEPTIONS as reason:
        raise BrokerUnavailableError(told(reason, address)) from reason
