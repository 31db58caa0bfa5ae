"""The site that the runs visit: pages that are quick, late, missing, or harmful."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Callable

    from tests.chaos.network import Network

_HEAD = (
    "HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n"
    "Content-Length: {length}\r\nCache-Control: no-store\r\n\r\n"
)
_READY = "<!doctype html><title>Chaos</title><p id=said>All is well</p>"
_SPIN = "<!doctype html><title>Spin</title><script>setTimeout(()=>{for(;;);}, 50)</script>"
_HOG = (
    "<!doctype html><title>Hog</title><script>const kept=[];setInterval(()=>{"
    "for(let i=0;i<40;i++)kept.push(new Uint8Array(1<<20).fill(i+1))},5)</script>"
)


class Site:
    """Serves from the harness's network. `on_poison` is told the visitor's port."""

    def __init__(self, network: Network) -> None:
        self.on_poison: Callable[[int], None] = lambda _: None
        self._flaky: set[str] = set()
        self.url = f"http://127.0.0.1:{network.listen(self._serve)}"

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                status, body = await self._answer(path, writer)
                content = body.encode()
                writer.write(_HEAD.format(status=status, length=len(content)).encode() + content)
                await writer.drain()
        writer.close()

    async def _answer(self, path: str, writer: StreamWriter) -> tuple[int, str]:
        """Raises ConnectionResetError where the visitor is to be hung up on."""
        parts = urlsplit(path)
        said = dict(parse_qsl(parts.query))
        match parts.path:
            case "/":
                return 200, _READY
            case "/late":
                await asyncio.sleep(int(said["ms"]) / 1000)
                return 200, _READY
            case "/flaky":
                return self._first_fails(said["run"])
            case "/spin":
                return 200, _SPIN
            case "/hog":
                return 200, _HOG
            case "/poison":
                await asyncio.to_thread(self.on_poison, writer.get_extra_info("peername")[1])
                return 200, _READY
        return 404, "<!doctype html><p>Nothing is here</p>"

    def _first_fails(self, run_id: str) -> tuple[int, str]:
        if run_id not in self._flaky:
            self._flaky.add(run_id)
            raise ConnectionResetError
        return 200, _READY
