"""Ports that nobody uses, for servers of the tests."""

from __future__ import annotations

import itertools
import os
import socket

_FIRST, _LAST = 20_000, 32_000
"""Below what systems give to outgoing connections (from 32768 on): a port that one of those was
given meanwhile is not free any more when its server starts."""

_next = itertools.chain(
    range(_FIRST + os.getpid() * 131 % (_LAST - _FIRST), _LAST),
    itertools.cycle(range(_FIRST, _LAST)),
)


def free_port() -> int:
    """One that nothing listens on, and that is not handed out again soon."""
    while True:
        port = next(_next)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
