"""Allowed hosts as people write them: `shop.example:8443`, `*.cdn.example`, `10.0.0.0/8`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, StringConstraints

from domain.addresses import canonical, is_localhost, literal, without_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.addresses import Address, Asked

Network = IPv4Network | IPv6Network

MOST_HOSTS = 100

_WITH_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*):(?P<port>[0-9]{1,5})")
_HIGHEST_PORT = 65_535
_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class HostPattern:
    """One entry: a host name, a name's subdomains, or a network; at one port or at any."""

    text: str
    name: str | None = None
    subdomains: bool = False
    network: Network | None = None
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> HostPattern:
        """Reads one entry. Raises ValueError with a sentence that says what would be right."""
        try:
            return cls._parse(text.strip())
        except ValueError as error:
            raise ValueError(
                f"{text!r} is not an allowed host: {error}; good ones are shop.example,"
                " shop.example:8443, *.shop.example, 127.0.0.1, [::1]:8080 and 10.0.0.0/8"
            ) from None

    @classmethod
    def _parse(cls, text: str) -> HostPattern:
        if "://" in text:
            raise ValueError("of a URL, only the host and the port belong here")
        host, port = _split(text)
        if "/" in host:
            return cls(text, network=ip_network(host.strip("[]")), port=port)
        if (address := literal(host)) is not None:
            return cls(text, network=ip_network(without_zone(address)), port=port)
        parent = host.removeprefix("*.")
        return cls(text, canonical(parent), subdomains=parent != host, port=port)

    def may_allow(self, asked: Asked) -> bool:
        """Whether it allows `asked`, at one address of its at least.

        A single address is meant as it is written: it is no reason to look a name up.
        """
        if self.port not in (None, asked.port):
            return False
        if self.name is None:
            return "/" in self.text or not asked.needs_dns
        if self.subdomains:
            return asked.host.endswith(f".{self.name}")
        return asked.host == self.name

    def allows(self, asked: Asked, address: Address) -> bool:
        """Whether it allows `asked` at this one of its addresses."""
        return self.may_allow(asked) and (self.network is None or address in self.network)

    def means(self, address: Address, port: int, network: Network) -> bool:
        """Whether it has this address, and none outside `network`: that it means just those."""
        own = self.network
        if own is None or self.port not in (None, port) or address not in own:
            return False
        return own[0] in network and own[-1] in network

    def pinpoints(self, address: Address, port: int) -> bool:
        """Whether it has this address with its port, in words that no DNS can give a meaning."""
        if self.network is None:
            here = self.name is not None and is_localhost(self.name) and address.is_loopback
        else:
            here = address in self.network
        return here and self.port == port


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """One list of allowed hosts, as a run or the installation has it. Empty, it allows nothing."""

    patterns: tuple[HostPattern, ...]

    @classmethod
    def parse(cls, texts: Iterable[str]) -> AllowedHosts:
        """Reads every entry. Raises ValueError for the first that is wrong."""
        return cls(tuple(HostPattern.parse(text) for text in texts))

    def may_allow(self, asked: Asked) -> bool:
        """Whether an entry may allow `asked`, which its address has to tell."""
        return any(pattern.may_allow(asked) for pattern in self.patterns)

    def allows(self, asked: Asked, address: Address) -> bool:
        """Whether an entry allows `asked` at this one of its addresses."""
        return any(pattern.allows(asked, address) for pattern in self.patterns)

    def means(self, address: Address, port: int, network: Network) -> bool:
        """Whether an entry means this address: it has it, and none outside `network`."""
        return any(pattern.means(address, port, network) for pattern in self.patterns)

    def pinpoints(self, address: Address, port: int) -> bool:
        """Whether an entry has this very address and port."""
        return any(pattern.pinpoints(address, port) for pattern in self.patterns)

    @property
    def texts(self) -> tuple[str, ...]:
        """The entries as they were written."""
        return tuple(pattern.text for pattern in self.patterns)

    def __str__(self) -> str:
        shown = ", ".join(self.texts[:_MOST_SHOWN]) or "none"
        more = len(self.patterns) - _MOST_SHOWN
        return f"{shown} and {more} more" if more > 0 else shown


def _split(text: str) -> tuple[str, int | None]:
    found = _WITH_PORT.fullmatch(text)
    if found is None:
        return text, None
    port = int(found["port"])
    if not 1 <= port <= _HIGHEST_PORT:
        raise ValueError(f"there is no port {port}")
    return found["host"], port


def _readable(text: str) -> str:
    HostPattern.parse(text)
    return text


HostText = Annotated[str, StringConstraints(max_length=300), AfterValidator(_readable)]
"""One entry as it is written, known to be readable."""

HostTexts = Annotated[tuple[HostText, ...], Field(max_length=MOST_HOSTS)]
