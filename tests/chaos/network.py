"""The harness's own network: one event loop in a thread, in which its proxies and its site live."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import uvloop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Self

    Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

T = TypeVar("T")

_ANSWER_TIMEOUT = 10.0
_LAST_TURNS = 0.05


class Network:
    """Runs what is asynchronous for the harness's threads, which are not."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="chaos network")
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.wait_for(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_ANSWER_TIMEOUT)
        self.loop.close()

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns; from any thread but the network's."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_ANSWER_TIMEOUT)

    def listen(self, served: Served, port: int = 0) -> int:
        """Serves on loopback; the port."""
        server = self.wait_for(self._start(served, port))
        return int(server.sockets[0].getsockname()[1])

    async def _start(self, served: Served, port: int) -> asyncio.Server:
        server = await asyncio.start_server(_ended_in_order(served), "127.0.0.1", port, backlog=512)
        self._servers.append(server)
        return server

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # What was aborted closes in the loop's next turns.
        await asyncio.sleep(_LAST_TURNS)


def _ended_in_order(served: Served) -> Served:
    """Closes the connection whatever happens; being cancelled at the end is nobody's mistake."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.CancelledError):
                await served(reader, writer)
        finally:
            writer.transport.abort()

    return serve
