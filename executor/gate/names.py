"""From a host's name to its addresses, which are then the ones that are judged and connected to."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING

from domain.addresses import LOOPBACK, is_localhost, literal, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from domain.addresses import Address

    Lookup = Callable[[str], Iterable[str]]

_MOST_ADDRESSES = 8
_THREADS = 4
"""Of its own: names that nobody answers for take seconds each, and a page can ask for thousands."""


def system_lookup(host: str) -> list[str]:
    """The addresses that the machine's resolver knows for `host`. Raises socket.gaierror."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


class Names:
    """The gate's resolver. `lookup` may block, and is asked in threads."""

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(_THREADS, "gate-names")

    async def addresses(self, host: str) -> list[Address]:
        """The addresses of a canonical name, or of an address however it is spelt.

        Raises OSError if there are none.
        """
        if (address := literal(host)) is not None:
            return [address]
        if is_localhost(host):
            return list(LOOPBACK)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._lookup, host)
        return list(dict.fromkeys(settled(ip_address(text)) for text in found))[:_MOST_ADDRESSES]

    def close(self) -> None:
        """Ends the threads; one that still waits for an answer ends when it has it."""
        self._threads.shutdown(wait=False, cancel_futures=True)
