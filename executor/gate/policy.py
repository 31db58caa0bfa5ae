"""Whether a run may connect somewhere: the rules, without the network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING

from domain.addresses import literal, without_zone
from domain.allowed_hosts import AllowedHosts

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.addresses import Address, Asked
    from domain.allowed_hosts import Network
    from executor.gate.own_places import OwnPlace

_LINK_LOCAL = "a link-local address"
_METADATA = "a cloud's metadata service"

GUARDED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), what)
    for network, what in (
        ("169.254.0.0/16", _LINK_LOCAL),  # The metadata of most clouds is at 169.254.169.254.
        ("64:ff9b::a9fe:0/112", _LINK_LOCAL),  # The same behind a NAT64.
        ("fe80::/10", _LINK_LOCAL),
        ("fd00:ec2::/32", _METADATA),  # Amazon: 254 is the instance's, 23 a pod's credentials.
        ("fd20:ce::254/128", _METADATA),  # Google
        ("168.63.129.16/32", _METADATA),  # Azure
        ("100.100.100.200/32", _METADATA),  # Alibaba
        ("192.0.0.192/32", _METADATA),  # Oracle
        ("fd00:42::42/128", _METADATA),  # Scaleway
    )
)
"""Where no test connects to unless a list of allowed hosts has the address itself."""

_METADATA_NAMES = {"metadata.google.internal", "metadata.goog", "metadata.tencentyun.com"}


class RefusedError(Exception):
    """Not allowed; the message is the reason, a sentence for the test's author."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one run may connect to.

    `allowed` are the lists that hold for it, the installation's and its own: every one of them has
    to allow a connection; without any, everything is allowed that is not guarded. `own` are the
    places of Proctor itself.
    """

    allowed: tuple[AllowedHosts, ...] = ()
    own: tuple[OwnPlace, ...] = ()

    def judge_name(self, asked: Asked) -> None:
        """Raises RefusedError if that can be said before the name is looked up.

        Looking up a name that cannot be allowed could carry a secret out, as a part of the name.
        """
        for hosts in self.allowed:
            if not hosts.may_allow(asked):
                raise _not_among(asked, hosts)
        if asked.host in _METADATA_NAMES and not self.allowed:
            raise _guarded(f"{asked} is {_METADATA}", "its address")

    def judge(self, asked: Asked, address: Address, place: OwnPlace | None) -> None:
        """Raises RefusedError if `asked` may not be connected to at this one of its addresses.

        `place` is what Proctor itself has there, if anything.
        """
        plain = without_zone(address)
        shown = f"{asked} ({plain})" if literal(asked.host) is None else str(asked)
        if place is not None and place.forbidden:
            raise RefusedError(f"{shown} is {place.what}")
        for hosts in self.allowed:
            if not hosts.allows(asked, plain):
                raise _not_among(asked, hosts)
        if place is not None and not self._named(lambda hosts: hosts.pinpoints(plain, asked.port)):
            raise _guarded(f"{shown} is {place.what}", "that address with its port")
        self._judge_guarded(shown, plain, asked.port)

    def _judge_guarded(self, shown: str, address: Address, port: int) -> None:
        for network, what in GUARDED:
            means = partial(AllowedHosts.means, address=address, port=port, network=network)
            if address in network and not self._named(means):
                raise _guarded(f"{shown} is {what}", "that address")

    def _named(self, by: Callable[[AllowedHosts], bool]) -> bool:
        """Whether there are lists, and all of them say so."""
        return bool(self.allowed) and all(map(by, self.allowed))


def _not_among(asked: Asked, hosts: AllowedHosts) -> RefusedError:
    return RefusedError(f"{asked} is not among the allowed hosts ({hosts})")


def _guarded(what_it_is: str, what_to_name: str) -> RefusedError:
    return RefusedError(f"{what_it_is}: name {what_to_name} in allowed_hosts if a test needs it")
