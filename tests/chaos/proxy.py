"""A proxy between one role and one server, through which a fault gets at what they say."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Callable

    from tests.chaos.network import Network

_CHUNK = 65536
_CUT_WITHIN = 5.0


class Tap(Protocol):
    """Looks at what goes through, and may wait with it, or cut the connection."""

    async def asked(self, connection: Connection, data: bytes) -> None:
        """The role says `data`; the server hears it when this returns."""

    async def answered(self, connection: Connection, data: bytes) -> None:
        """The server says `data`; the role hears it when this returns."""


class Connection:
    """One connection of the role's, with its counterpart to the server."""

    def __init__(self, near: StreamWriter, far: StreamWriter) -> None:
        self.marked = False
        """For a tap to remember that something was asked here."""
        self._ends = (near, far)

    async def gone(self) -> None:
        """Returns when it has ended at both sides."""
        await asyncio.gather(*(end.wait_closed() for end in self._ends), return_exceptions=True)

    def cut(self) -> None:
        """Resets it towards both sides; what was under way is gone."""
        for end in self._ends:
            end.transport.abort()


class Proxy:
    """Passes everything on unless told otherwise. Its methods may be called from any thread."""

    def __init__(self, network: Network, host: str, port: int) -> None:
        self._network = network
        self._to = (host, port)
        self._delay = 0.0
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tap: Tap | None = None
        self._connections: set[Connection] = set()
        self.port = network.listen(self._serve)

    def stall(self) -> None:
        """Nothing arrives any more, at either side, and nobody is told: a cable is cut."""
        self._do(self._flowing.clear)

    def flow(self) -> None:
        """What was held arrives, and everything after it."""
        self._do(self._flowing.set)

    def delay(self, seconds: float) -> None:
        """Each way takes so long from now on."""
        self._delay = seconds

    def refuse(self, *, refusing: bool) -> None:
        """Whether new connections are reset."""
        self._refusing = refusing

    def cut(self) -> None:
        """Resets the present connections; they are gone when it returns. For other threads than the
        network's."""
        cutting = asyncio.run_coroutine_threadsafe(self._cut_all(), self._network.loop)
        cutting.result(_CUT_WITHIN)

    def tap(self, tap: Tap | None) -> None:
        """Has `tap` look at what goes through; None takes it away."""
        self._tap = tap

    def heal(self) -> None:
        """Passes everything on again."""
        self._tap, self._delay, self._refusing = None, 0.0, False
        self.flow()

    async def _cut_all(self) -> None:
        present = list(self._connections)
        for connection in present:
            connection.cut()
        await asyncio.gather(*(connection.gone() for connection in present))

    def _do(self, work: Callable[[], object]) -> None:
        self._network.loop.call_soon_threadsafe(work)

    async def _serve(self, reader: StreamReader, near: StreamWriter) -> None:
        try:
            if self._refusing:
                raise ConnectionRefusedError
            await self._flowing.wait()
            far_reader, far = await asyncio.open_connection(*self._to)
        except OSError:
            near.transport.abort()
            return
        connection = Connection(near, far)
        self._connections.add(connection)
        try:
            await self._pass_both_ways(connection, reader, near, far_reader, far)
        finally:
            self._connections.discard(connection)
            connection.cut()

    async def _pass_both_ways(
        self,
        connection: Connection,
        reader: StreamReader,
        near: StreamWriter,
        far_reader: StreamReader,
        far: StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._pass(connection, reader, far, "asked")),
            asyncio.create_task(self._pass(connection, far_reader, near, "answered")),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(
        self, connection: Connection, source: StreamReader, to: StreamWriter, way: str
    ) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                if self._delay:
                    # What comes meanwhile waits in the socket: each way takes at least so long.
                    await asyncio.sleep(self._delay)
                if self._tap is not None:
                    await getattr(self._tap, way)(connection, data)
                await self._flowing.wait()
                to.write(data)
                await to.drain()
            await to.drain()
