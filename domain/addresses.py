"""Hosts and addresses in one spelling each, so that no other spelling slips past a comparison."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import idna

Address = IPv4Address | IPv6Address

LOOPBACK: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))

_UNSPECIFIED: dict[Address, Address] = {
    IPv4Address("0.0.0.0"): LOOPBACK[0],  # noqa: S104 - replaced, not listened on
    IPv6Address("::"): LOOPBACK[1],
}
_NUMBER = r"(?:0x[0-9a-f]*|[0-9]+)"
_NUMERIC = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}){{0,3}}")
"""What resolvers take for an IPv4 address: `127.1`, `0x7f000001`, `2130706433`, `017700000001`."""
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser asks for: a canonical host name or an address's one spelling, and a port."""

    host: str
    port: int

    @classmethod
    def of(cls, host: str, port: int) -> Asked:
        """Raises ValueError if `host`, in whatever spelling, is no host name and no address."""
        address = literal(host)
        return cls(canonical(host) if address is None else str(address), port)

    @property
    def needs_dns(self) -> bool:
        """Whether somebody else says which address it has."""
        return literal(self.host) is None and not is_localhost(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def host_and_port(text: str) -> tuple[str, int]:
    """Reads `host:port`. Raises ValueError with a sentence that says what would be right."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.port is None:
        raise ValueError(f"{text!r} is not host:port, as in proctor.example:8000 or [::1]:8000")
    return parts.hostname, parts.port


def literal(host: str) -> Address | None:
    """The address that `host` spells, in whatever way; None if it is a name."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    bare = bare.removesuffix(".").lower()
    try:
        if _NUMERIC.fullmatch(bare):
            return settled(IPv4Address(socket.inet_aton(bare)))
        return settled(ip_address(bare))
    except (OSError, ValueError):
        return None


def settled(address: Address) -> Address:
    """The address that a connection to `address` reaches.

    An IPv4 address in IPv6 clothes is the IPv4 address, and the unspecified address is loopback.
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    plain = mapped or address
    return _UNSPECIFIED.get(plain, plain)


def without_zone(address: Address) -> Address:
    """The address to compare by: the same on whatever network card."""
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address


def canonical(name: str) -> str:
    """A host name as browsers spell it: lower case, punycode, no dot at its end.

    Raises ValueError if it is not a host name.
    """
    lower = name.removesuffix(".").lower()
    try:
        spelt = lower if lower.isascii() else idna.encode(lower, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"{name!r} is not a host name: {error}") from None
    labels = spelt.split(".")
    # What ends in a number is an address or nothing, as WHATWG's rule for URLs has it.
    if re.fullmatch(_NUMBER, labels[-1]) or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(f"{name!r} is not a host name")
    return spelt


def is_localhost(name: str) -> bool:
    """Whether a canonical name is this machine's by definition (RFC 6761), whatever DNS says."""
    return name == "localhost" or name.endswith(".localhost")
