"""TLS in front of servers that speak none: certificates of an authority made for the test."""

from __future__ import annotations

import asyncio
import ssl
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import trustme

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Iterator
    from pathlib import Path

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""With which a PostgreSQL client asks whether the server speaks TLS; `S` is yes."""
_CHUNK = 65536


class Authority:
    """Signs certificates; `file` is what those trust who trust it."""

    def __init__(self, folder: Path) -> None:
        self._signs = trustme.CA()
        self.file = folder / "authority.pem"
        self._signs.cert_pem.write_to_path(self.file)

    def server(self, name: str) -> ssl.SSLContext:
        """TLS for a server that is called `name`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._signs.issue_cert(name).configure_cert(context)
        return context


@dataclass(frozen=True, slots=True)
class Front:
    """Takes TLS alone and passes on what is inside, to an address or a Unix socket.

    A PostgreSQL client asks before it speaks TLS, and is told yes.
    """

    to: tuple[str, int] | str
    tls: ssl.SSLContext
    postgres: bool = False

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One client, until either side has enough."""
        with suppress(OSError, asyncio.IncompleteReadError):
            if self.postgres:
                if await reader.readexactly(8) != _SSL_REQUEST:
                    return writer.close()
                writer.write(b"S")
                await writer.drain()
            await writer.start_tls(self.tls)
            inner_reader, inner_writer = await self._connect()
            async with asyncio.TaskGroup() as both:
                both.create_task(_pass_on(reader, inner_writer))
                both.create_task(_pass_on(inner_reader, writer))
        writer.close()
        return None

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        if isinstance(self.to, str):
            return await asyncio.open_unix_connection(self.to)
        return await asyncio.open_connection(*self.to)


async def _pass_on(source: StreamReader, to: StreamWriter) -> None:
    with suppress(OSError):
        while received := await source.read(_CHUNK):
            to.write(received)
            await to.drain()
    to.close()


@contextmanager
def listening(front: Front) -> Iterator[int]:
    """The port of loopback where `front` is."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(front.serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, name="tls front")
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_end_others(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that nobody but this test knows."""
    return Authority(tmp_path)
