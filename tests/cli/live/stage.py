"""A fake server whose live stream stays open, and the view on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

from cli.client import Server
from cli.live.app import Watch
from tests.cli.fake_api import FakeApi, streamed
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SERVER = Server("http://proctor", "k")


class OpenStream(httpx.AsyncByteStream):
    """Sends what it is told to until it is cut."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.closed = False

    def send(self, *events: dict[str, Any]) -> None:
        self._pieces.put_nowait(streamed(*events).content)

    def cut(self, error: Exception | None = None) -> None:
        self._pieces.put_nowait(error or httpx.ReadError("cut"))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b": connected\n\n"
        while True:
            piece = await self._pieces.get()
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closed = True


class LiveApi(FakeApi):
    """Every question for the stream opens one, unless answers are planned."""

    def __init__(self, *runs: dict[str, Any]) -> None:
        super().__init__(*runs)
        self.opened: list[OpenStream] = []

    def _other(self, request: httpx.Request, parts: list[str]) -> httpx.Response | None:
        if parts == ["GET", "stream"]:
            self.opened.append(OpenStream())
            return httpx.Response(200, stream=self.opened[-1])
        return super()._other(request, parts)

    @property
    def stream(self) -> OpenStream:
        return self.opened[-1]

    def asked_after(self) -> list[str]:
        """The positions that streams were asked to go on from."""
        asked = [request for request in self.requests if request.url.path.endswith("/stream")]
        assert all(r.headers["Last-Event-ID"] == r.url.params["after"] for r in asked)
        return [request.url.params["after"] for request in asked]


def watching(api: FakeApi, interval: float = 0.01) -> Watch:
    return Watch(SERVER, interval, httpx.MockTransport(api))


async def shown(app: Watch) -> None:
    await eventually(lambda: app.board is not None, "the first look")
