"""Both brokers, and what the tests of the port need around them."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import aio_pika
import pytest

from runtime.broker import connect_broker
from runtime.broker.memory import MemoryBroker
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.broker.port import Broker, Publisher

QUEUE_TYPE = os.environ.get("PROCTOR_TEST_QUEUE_TYPE", "classic")

DeadLetters = Callable[[], Awaitable[list[str]]]


@pytest.fixture(params=["memory", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each adapter in turn."""
    if request.param == "memory":
        return connect_broker("memory:", role="test")
    return request.getfixturevalue("rabbit")


@pytest.fixture
def rabbit(rabbit_url: str) -> Broker:
    """RabbitMQ alone."""
    return connect_broker(rabbit_url, role="test", queue_type=QUEUE_TYPE)


@pytest.fixture
def publisher(broker: Broker) -> Iterator[Publisher]:
    """Connected, so that the topology is there."""
    yield from connected_publisher(broker)


@pytest.fixture
def rabbit_publisher(rabbit: Broker) -> Iterator[Publisher]:
    """RabbitMQ's, connected."""
    yield from connected_publisher(rabbit)


def connected_publisher(broker: Broker) -> Iterator[Publisher]:
    """One that is closed at the end."""
    publisher = broker.publisher()
    try:
        wait_until(lambda: publisher.connected_since() is not None, "the publisher connected")
        yield publisher
    finally:
        publisher.close()


@pytest.fixture
def dead_letters(broker: Broker, request: pytest.FixtureRequest) -> DeadLetters:
    """The dispatch ids of the dead letters, each counted once."""
    if isinstance(broker, MemoryBroker):
        return _from(broker)
    url = request.getfixturevalue("rabbit_url")
    return lambda: _ids_of_dead(url)


def _from(broker: MemoryBroker) -> DeadLetters:
    async def ids() -> list[str]:
        return [dispatch.dispatch_id for dispatch in broker.dead_letters]

    return ids


async def _ids_of_dead(url: str) -> list[str]:
    return [message.message_id or "" for message in await taken_from(url, "proctor.dead")]


async def taken_from(url: str, queue: str) -> list[aio_pika.abc.AbstractIncomingMessage]:
    """Takes every message out of a queue."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        found = await channel.get_queue(queue)
        messages = []
        while (message := await found.get(no_ack=True, fail=False)) is not None:
            messages.append(message)
        return messages
