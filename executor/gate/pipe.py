"""A connection through the gate: what arrives at one end leaves at the other."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_WAITING = 256 * 1024
"""Bytes that wait for a slow reader before its writer is kept waiting."""

_AT_ONCE = struct.pack("ii", 1, 0)


class Pipe:
    """Two open connections, each fed with what the other reads.

    One may go on for `half_open` seconds after the other; `on_end` is called when both are gone.
    """

    def __init__(
        self,
        near: asyncio.Transport,
        far: asyncio.Transport,
        *,
        half_open: float,
        on_end: Callable[[], None],
    ) -> None:
        self._ends = _End(near), _End(far)
        self._half_open = half_open
        self._on_end = on_end
        self._ends[0].join(self._ends[1], self)
        self._ends[1].join(self._ends[0], self)

    def cut(self) -> None:
        """Ends both at once, and drops what is on its way."""
        for end in self._ends:
            end.transport.abort()

    def cut_later(self) -> asyncio.TimerHandle:
        """One of the two has ended, and the other has its time."""
        return asyncio.get_running_loop().call_later(self._half_open, self.cut)

    def lost(self) -> None:
        """One of the two is gone."""
        if all(end.lost for end in self._ends):
            self._on_end()


class _End(asyncio.Protocol):
    """One of the two: passes on data, their end, a reset, and that the other side is slow."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.ended = False
        self.lost = False
        self._limit: asyncio.TimerHandle | None = None

    def join(self, other: _End, pipe: Pipe) -> None:
        self._other, self._pipe = other, pipe
        self.transport.set_write_buffer_limits(_MOST_WAITING)
        self.transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        self._other.transport.write(data)

    def pause_writing(self) -> None:
        self._other.transport.pause_reading()

    def resume_writing(self) -> None:
        self._other.transport.resume_reading()

    def eof_received(self) -> bool:
        self.ended = True
        if self._other.ended:
            self._other.transport.close()
            return False  # Closes this one.
        self._other.transport.write_eof()
        self._limit = self._pipe.cut_later()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._limit is not None:
            self._limit.cancel()
        if error is not None:
            _reset(self._other.transport)
        elif not (self.ended and self._other.ended):
            self._other.transport.abort()
        self._pipe.lost()


def _reset(transport: asyncio.Transport) -> None:
    """Ends it as its other end was ended, so that the browser says what it says without a gate."""
    if not transport.is_closing():
        own: socket.socket = transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
