"""The part of SOCKS5 (RFC 1928) that a browser speaks: CONNECT, without authentication."""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address

_GREETING = b"\x05"
_CONNECT = b"\x05\x01\x00"
_WITHOUT_AUTHENTICATION = 0

WELCOME = b"\x05\x00"
CONNECTED = b"\x05\x00\x00\x01" + bytes(6)
REFUSED = b"\x05\x02\x00\x01" + bytes(6)
UNREACHABLE = b"\x05\x04\x00\x01" + bytes(6)


class _Kind(IntEnum):
    """Of address."""

    IPV4 = 1
    NAME = 3
    IPV6 = 4


class MalformedError(Exception):
    """What came is not what a SOCKS5 client that only connects would say."""


def read_greeting(said: bytes) -> bool:
    """Whether the greeting is complete.

    Raises MalformedError for anything else, and for more than may come before our answer.
    """
    _must_begin(said, _GREETING)
    if len(said) < 2 or len(said) < (end := 2 + said[1]):  # noqa: PLR2004 - version and length
        return False
    if len(said) > end or _WITHOUT_AUTHENTICATION not in said[2:]:
        raise MalformedError(f"no greeting of a client without authentication: {said!r}")
    return True


def read_request(said: bytes) -> tuple[str, int] | None:
    """The host and port to connect to; None while the request is not complete.

    Raises MalformedError for anything else, and for more than may come before our answer.
    """
    _must_begin(said, _CONNECT)
    if len(said) < 5:  # noqa: PLR2004 - as far as a name's length
        return None
    start, end = _host_at(said)
    if len(said) > end + 2:
        raise MalformedError(f"more than a request: {said!r}")
    if len(said) < end + 2:
        return None
    return _host(said[3], said[start:end]), int.from_bytes(said[end:], "big")


def _must_begin(said: bytes, start: bytes) -> None:
    if not (said.startswith(start) or start.startswith(said)):
        raise MalformedError(f"{said[:16]!r} does not begin with {start!r}")


def _host_at(said: bytes) -> tuple[int, int]:
    match said[3]:
        case _Kind.IPV4:
            return 4, 8
        case _Kind.NAME:
            return 5, 5 + said[4]
        case _Kind.IPV6:
            return 4, 20
    raise MalformedError(f"{said[3]} is no kind of address")


def _host(kind: int, packed: bytes) -> str:
    if kind != _Kind.NAME:
        return str(IPv4Address(packed) if kind == _Kind.IPV4 else IPv6Address(packed))
    try:
        return packed.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError(f"no host name: {packed!r}") from None
