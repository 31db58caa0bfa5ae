"""The broker: one small port, two adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dispatch import DEFAULT_POOL
from runtime.broker.address import Address, masked
from runtime.broker.memory import MemoryBroker

if TYPE_CHECKING:
    from runtime.broker.port import Broker

IN_PROCESS = "memory:"
_RABBITMQ = ("amqp://", "amqps://")
_QUEUE_TYPES = ("classic", "quorum")


def connect_broker(
    url: str,
    *,
    role: str,
    queue_type: str = "classic",
    pools: tuple[str, ...] = (DEFAULT_POOL,),
) -> Broker:
    """The broker at `url`; nothing is connected yet.

    `memory:` gives a new in-process broker at each call: one process makes one and shares it.
    `amqp://` and `amqps://` give RabbitMQ; `role` is what its management UI shows of this process,
    `queue_type` is `classic` or `quorum`, `pools` are those whose queues the dispatcher declares
    before anybody asks for them. Raises ValueError, without the URL's password.
    """
    if url == IN_PROCESS:
        return MemoryBroker()
    if not url.startswith(_RABBITMQ):
        raise ValueError(f"broker URL {masked(url)!r}: expected memory:, amqp://... or amqps://...")
    if queue_type not in _QUEUE_TYPES:
        raise ValueError(f"queue type {queue_type!r}: expected one of {', '.join(_QUEUE_TYPES)}")
    # Here, because the two client libraries take half a second to import and the in-process
    # broker needs neither.
    from runtime.broker.rabbitmq.broker import RabbitBroker  # noqa: PLC0415

    return RabbitBroker(Address.parse(url), role, queue_type, pools)
