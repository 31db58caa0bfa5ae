"""Going through a gate as a browser does, and servers to arrive at."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from executor.gate.gate import Gate
from executor.gate.limits import Limits
from executor.gate.names import system_lookup
from executor.gate.policy import Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from executor.gate.names import Lookup

    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

ANYWHERE = Policy()
GREETING = b"\x05\x01\x00"


class SentAwayError(Exception):
    """The gate's answer was no; its code is the only argument."""


def request(host: str, port: int) -> bytes:
    name = host.encode()
    return b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big")


@asynccontextmanager
async def through(
    gate: Gate, host: str, port: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to `host`. Raises SentAwayError, or ConnectionError if it is cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
    try:
        writer.write(GREETING)
        await _exactly(reader, 2)
        writer.write(request(host, port))
        answer = await _exactly(reader, 10)
        if answer[1] != 0:
            raise SentAwayError(answer[1])
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def answer(gate: Gate, host: str, port: int) -> int:
    """The code with which the gate sends a browser away; 0 if it does not."""
    try:
        async with through(gate, host, port):
            return 0
    except SentAwayError as sent_away:
        return sent_away.args[0]


async def _exactly(reader: asyncio.StreamReader, count: int) -> bytes:
    try:
        return await reader.readexactly(count)
    except asyncio.IncompleteReadError:
        raise ConnectionResetError("the gate hung up") from None


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    """The port of a server on loopback; its connections are closed with it."""
    visits: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.add(asyncio.current_task())
        with suppress(ConnectionError, EOFError, asyncio.CancelledError):
            await serve(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(visit, "127.0.0.1", 0, backlog=512)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in visits:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def gate_to_echo(
    *, limits: Limits | None = None, lookup: Lookup = system_lookup, serve: Serve = echo
) -> AsyncIterator[tuple[Gate, int]]:
    """A gate, and the port of a server that it can be asked for; nothing is left of either."""
    before = asyncio.all_tasks()
    async with serving(serve) as port:
        async with Gate(limits or Limits(), lookup) as gate:
            yield gate, port
        assert not gate._visitors
    assert asyncio.all_tasks() == before


async def hung_up(reader: asyncio.StreamReader) -> None:
    """Waits until the other side has ended the connection."""
    with suppress(ConnectionError):
        await reader.read()
