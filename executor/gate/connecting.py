"""Connecting to what a browser asked for: looked up once, judged, and connected to as judged."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from executor.gate.own_places import place_at
from executor.gate.policy import RefusedError

if TYPE_CHECKING:
    from domain.addresses import Address, Asked
    from executor.gate.names import Names
    from executor.gate.policy import Policy


async def connect(asked: Asked, policy: Policy, names: Names, seconds: float) -> socket.socket:
    """A connected, non-blocking socket, within `seconds`.

    Raises RefusedError if the policy allows none of the addresses, and OSError if no allowed one
    can be connected to.
    """
    policy.judge_name(asked)
    refused, failed = None, None
    async with asyncio.timeout(seconds):
        addresses = await names.addresses(asked.host)
        for address in addresses:
            try:
                policy.judge(asked, address, await place_at(policy.own, address, asked.port, names))
                return await _open(address, asked.port, seconds / len(addresses))
            except RefusedError as error:
                refused = refused or error
            except OSError as error:
                failed = error
    raise failed or refused or socket.gaierror(f"{asked.host} has no address")


def in_words(error: OSError, seconds: float) -> str:
    """What kept a connection from being made within `seconds`, for the test's author."""
    match error:
        case socket.gaierror():
            return "the host name is not known"
        case ConnectionRefusedError():
            return "connection refused"
        case TimeoutError():
            return f"no connection within {seconds:g} s"
    return (error.strerror or str(error)).lower()


async def _open(address: Address, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)  # noqa: FBT003 - the socket module knows no keyword
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(opened, (str(address), port))
    except BaseException:
        opened.close()
        raise
    return opened
