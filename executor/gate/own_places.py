"""Where Proctor itself is, as its settings say: places that a test has no business at."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import chain, cycle
from typing import TYPE_CHECKING

import psutil
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from domain.addresses import host_and_port, without_zone
from runtime.broker.address import Address as BrokerAddress
from runtime.settings import IN_PROCESS_BROKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.addresses import Address
    from executor.gate.names import Names

_AMQP = (5672, 5671)
_MANAGEMENT = (15672, 15671)

Place = tuple[str, int]
"""A host and a port."""


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One port of Proctor's own, on a host as the settings name it.

    `forbidden` is refused whatever is allowed; the others can be allowed by address and port.
    """

    what: str
    host: str
    port: int
    forbidden: bool = False

    async def stands_at(self, address: Address, names: Names) -> bool:
        """Whether its host has this address now. One whose host is not known may be anywhere."""
        try:
            own = {without_zone(found) for found in await names.addresses(self.host)}
        except OSError:
            return True
        plain = without_zone(address)
        # What listens here may listen on every address of the machine: a URL tells only one.
        return plain in own or (_is_local(plain) and any(map(_is_local, own)))


def own_places(
    *,
    database_url: str | None,
    broker_url: str,
    guarded: Iterable[str] = (),
) -> tuple[OwnPlace, ...]:
    """The ports of the database, the broker and its management UI, and what else is `guarded`, as
    `host:port` each.

    A database on a Unix socket and a broker in memory have none. Raises ValueError for a URL that
    cannot be read.
    """
    broker = _broker(broker_url)
    management = {(host, port) for host, _ in broker for port in _MANAGEMENT}
    return (
        *(
            OwnPlace("Proctor's own database", *at, forbidden=True)
            for at in _database(database_url)
        ),
        *(OwnPlace("Proctor's own broker", *at, forbidden=True) for at in broker),
        *(OwnPlace("the management of Proctor's own broker", *at) for at in management),
        *(OwnPlace("Proctor itself", *host_and_port(text)) for text in guarded),
    )


async def place_at(
    places: Iterable[OwnPlace], address: Address, port: int, names: Names
) -> OwnPlace | None:
    """The place that a connection to `address` and `port` reaches, a forbidden one first."""
    # By port first: hardly a connection of a test goes to one of these, and looking costs time.
    near = [place for place in places if place.port == port]
    for place in sorted(near, key=lambda place: not place.forbidden):
        if await place.stands_at(address, names):
            return place
    return None


def _database(url: str | None) -> Iterator[Place]:
    if url is None:
        return
    try:
        said = _libpq_defaults() | conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ValueError(f"the database's URL cannot be read: {error}") from None
    hosts = str(said.get("hostaddr") or said.get("host") or "").split(",")
    ports = str(said["port"]).split(",")
    for host, port in zip(hosts, ports if len(ports) > 1 else cycle(ports), strict=False):
        if host and not host.startswith(("/", "@")):  # Those are Unix sockets.
            yield host, int(port or 5432)


def _libpq_defaults() -> dict[str, str]:
    """What libpq takes for what a URL does not say, from its environment or its build."""
    options = Conninfo.get_defaults()
    return {option.keyword.decode(): option.val.decode() for option in options if option.val}


def _broker(url: str) -> set[Place]:
    if url == IN_PROCESS_BROKER:
        return set()
    broker = BrokerAddress.parse(url)
    return {(broker.host, port) for port in (broker.port, *_AMQP)}


def _is_local(address: Address) -> bool:
    return address.is_loopback or address in _local_addresses()


def _local_addresses() -> set[Address]:
    families = (socket.AF_INET, socket.AF_INET6)
    cards = psutil.net_if_addrs().values()
    found = (card.address for card in chain(*cards) if card.family in families)
    return {without_zone(ip_address(text)) for text in found}
