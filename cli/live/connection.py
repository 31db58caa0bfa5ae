"""The server, asked from an event loop: one try each, because whoever shows it looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from cli.answers import AwayError, read, refusal, unreachable
from cli.client import STREAM_SILENCE, headers_of
from cli.event_stream import EventStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cli.server import Server

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_STREAM_TIMEOUT = httpx.Timeout(5.0, read=STREAM_SILENCE)


class Connection:
    """Must be closed by whoever made it."""

    def __init__(self, server: Server, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.server = server
        self._http = httpx.AsyncClient(
            base_url=server.at("/api/v1"),
            headers=headers_of(server),
            timeout=_TIMEOUT,
            transport=transport,
        )

    async def close(self) -> None:
        """Gives back what it holds."""
        await self._http.aclose()

    async def get(self, path: str, **parameters: Any) -> Any:
        """The answer's JSON. Raises ClientError, AwayError if it may be otherwise later."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return await self._ask("GET", path, params=given)

    async def post(self, path: str) -> Any:
        """The answer's JSON; raises as `get` does."""
        return await self._ask("POST", path)

    async def patch(self, path: str, body: Any) -> Any:
        """The answer's JSON; raises as `get` does."""
        return await self._ask("PATCH", path, json=body)

    async def stream(self, after: int) -> AsyncIterator[dict[str, Any] | None]:
        """Events behind `after` as they come, None for a sign of life.

        Raises AwayError when the stream ends, however it does.
        """
        lines = EventStream()
        headers = {"Last-Event-ID": str(after)}
        try:
            async with self._http.stream(
                "GET", "/stream", params={"after": after}, headers=headers, timeout=_STREAM_TIMEOUT
            ) as answer:
                if answer.status_code != httpx.codes.OK:
                    await answer.aread()
                    raise AwayError(str(refusal(answer, self.server.url)))
                async for piece in answer.aiter_bytes():
                    for event in lines.feed(piece):
                        yield event
        except httpx.TransportError as error:
            raise AwayError(unreachable(error, self.server.url)) from error
        raise AwayError(f"{self.server.url} ended the stream")

    async def _ask(self, method: str, path: str, **what: Any) -> Any:
        try:
            answer = await self._http.request(method, path, **what)
        except httpx.TransportError as error:
            raise AwayError(unreachable(error, self.server.url)) from error
        return read(answer, self.server.url)
