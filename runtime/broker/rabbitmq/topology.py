"""Exchanges and queues: their names, what they are for, and the steps that declare them.

An operator's policy adds limits and dead-lettering (`proctor.dead`); the queues' own arguments do
not, because those can never change once a queue exists.
"""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING, Any, Final

from domain.dispatch import LOWEST_PRIORITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RUNS: Final = "proctor.runs"
"""Direct: a dispatch goes to its pool's queue."""
CONTROL: Final = "proctor.control"
"""Fanout: to every executor."""
PRESENCE: Final = "proctor.presence"
"""Fanout: from every executor to whoever listens."""
PICTURES: Final = "proctor.pictures"
"""Direct: looks to one executor, and its pictures to whoever looks."""
DEAD: Final = "proctor.dead"
"""Fanout, and the queue behind it: what nobody could use."""
EVENTS: Final = "proctor.events"
"""Topic: for anything outside that wants to listen."""

_PRIORITY_LEVELS = 10
_NO_DELIVERY_LIMIT = 1_000_000
"""RabbitMQ 4 drops a quorum queue's message after 20 lost consumers (seen on 4.3.6); how often a
run is tried is the log's to decide. -1 would say "never" too, but 3.10 does not accept it."""

Step = tuple[str, dict[str, Any]]
"""A method of an AMQP channel and its arguments."""


def run_queue(pool: str) -> str:
    """The name of a pool's queue."""
    return f"{RUNS}.{pool}"


def own_queue(exchange: str, owner: str) -> str:
    """A name for one listener's exclusive queue: readable, and never that of a connection before,
    whose queue RabbitMQ may still hold."""
    return f"{exchange}.{owner}.{secrets.token_hex(3)}"


def look_key(executor: str) -> str:
    """What an executor's queue for looks is bound by."""
    return f"look {executor}"


def picture_key(executor: str) -> str:
    """What the queue of whoever looks at the executor is bound by."""
    return f"picture {executor}"


def ear_tag(owner: str) -> str:
    """The consumer tag of whoever hears broadcasts or presences; one that takes runs has its
    executor's id."""
    return f"{owner} listens"


def amqp_priority(priority: int) -> int:
    """RabbitMQ's highest number is the most urgent, ours is the least."""
    return LOWEST_PRIORITY - priority


def client_properties(name: str, role: str, **more: str) -> dict[str, str]:
    """What the management UI shows of a connection."""
    process = {"host": socket.gethostname(), "pid": str(os.getpid())}
    return {"connection_name": name, "role": role, **process, **more}


def exchange_steps() -> Iterator[Step]:
    """Declares what does not depend on the pool."""
    for exchange, kind in (
        (RUNS, "direct"),
        (CONTROL, "fanout"),
        (PRESENCE, "fanout"),
        (DEAD, "fanout"),
        (EVENTS, "topic"),
    ):
        yield "exchange_declare", _durable(exchange=exchange, exchange_type=kind)
    yield "queue_declare", _durable(queue=DEAD)
    yield "queue_bind", {"queue": DEAD, "exchange": DEAD, "routing_key": ""}


def pool_steps(pool: str, queue_type: str) -> Iterator[Step]:
    """Declares one pool's queue and binds it."""
    queue = run_queue(pool)
    yield "queue_declare", _durable(queue=queue, arguments=queue_arguments(queue_type))
    yield "queue_bind", {"queue": queue, "exchange": RUNS, "routing_key": pool}


def ear_steps(queue: str) -> Iterator[Step]:
    """Declares this connection's own queue for presences."""
    yield "queue_declare", {"queue": queue, "exclusive": True, "auto_delete": True}
    yield "queue_bind", {"queue": queue, "exchange": PRESENCE, "routing_key": ""}


def queue_arguments(queue_type: str) -> dict[str, Any]:
    """Classic queues have the priorities asked for; quorum queues have theirs built in (from 4.3;
    RabbitMQ 3.10 ignores priorities in them)."""
    if queue_type == "quorum":
        return {"x-queue-type": "quorum", "x-delivery-limit": _NO_DELIVERY_LIMIT}
    return {"x-max-priority": _PRIORITY_LEVELS}


def run_steps(channel: Any, steps: Iterator[Step], done: Callable[[], None]) -> None:
    """Takes the steps on a pika channel, each when the one before is answered, then calls `done`.

    A refusal closes the channel, and its close callback says why.
    """
    step = next(steps, None)
    if step is None:
        done()
        return
    method, arguments = step
    getattr(channel, method)(**arguments, callback=lambda _: run_steps(channel, steps, done))


def _durable(**arguments: Any) -> dict[str, Any]:
    return {"durable": True, **arguments}
