"""Where RabbitMQ's management UI shows the same, as far as the broker's address tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from runtime.broker.rabbitmq.topology import DEAD, EVENTS, run_queue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.settings import Settings

_PLAIN, _TLS = ("http", 15672), ("https", 15671)
"""The ports that it has unless an operator says otherwise."""


@dataclass(frozen=True, slots=True)
class Door:
    """A page of it."""

    title: str
    url: str


def doors(settings: Settings) -> Sequence[Door]:
    """Its pages on Proctor's queues; none where the broker is in the server's own process."""
    if settings.in_process_broker:
        return []
    broker = urlsplit(settings.broker_url.get_secret_value())
    scheme, port = _TLS if broker.scheme == "amqps" else _PLAIN
    # Not the name and password that are in the address.
    host = f"[{broker.hostname}]" if ":" in (broker.hostname or "") else broker.hostname
    at, vhost = f"{scheme}://{host}:{port}/#", quote(unquote(broker.path[1:]) or "/", safe="")
    queues = [(f"Queue of pool {pool}", run_queue(pool)) for pool in settings.known_pools]
    return [
        Door("Overview", f"{at}/"),
        *(Door(title, f"{at}/queues/{vhost}/{quote(name, safe='')}") for title, name in queues),
        Door("Dead letters", f"{at}/queues/{vhost}/{quote(DEAD, safe='')}"),
        Door("Announced events", f"{at}/exchanges/{vhost}/{quote(EVENTS, safe='')}"),
        Door("Connections", f"{at}/connections"),
    ]
