"""Talking to a Proctor server, with errors a person can act on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

from cli.answers import (
    AGAIN,
    AwayError,
    ClientError,
    json_object,
    read,
    refusal,
    somebody_else,
    unreachable,
    wait_asked_for,
)
from cli.event_stream import EventStream
from cli.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["AwayError", "Client", "ClientError", "Server"]

_CONNECT = 10.0
TIMEOUT = httpx.Timeout(30.0, connect=_CONNECT)
STREAM_SILENCE = 40.0
"""Seconds: the server gives a sign of life every fifteen."""

_LARGEST_PAGE = 200
_LINES = "application/x-ndjson"
_MOST_TRIES = 5
_MOST_TIMEOUTS = 2
_NEVER_THERE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)


class Client:
    """A connection to one server."""

    def __init__(
        self,
        server: Server,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.pause = pause
        self.server = server
        self._reached = False
        self._http = httpx.Client(
            base_url=server.at("/api/v1"),
            headers=headers_of(server),
            timeout=TIMEOUT,
            transport=transport,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The answer's JSON; parameters that are None are left out."""
        return self._request("GET", path, params=_given(parameters))

    def get_slowly(self, path: str, patience: float, **parameters: Any) -> Any:
        """As `get`, of what the server may need `patience` seconds to work out."""
        timeout = httpx.Timeout(patience, connect=_CONNECT)
        # Once: the server cannot know that nobody waits any more, and would do it twice at a time.
        return self._request("GET", path, 1, params=_given(parameters), timeout=timeout)

    def post(self, path: str, body: Any = None, idempotency_key: str | None = None) -> Any:
        """The answer's JSON. With an idempotency key it may be sent again."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._request("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: Any) -> Any:
        """The answer's JSON."""
        return self._request("PATCH", path, json=body)

    def delete(self, path: str, **parameters: Any) -> Any:
        """The answer's JSON, None where nothing is answered; parameters as in `get`."""
        return self._request("DELETE", path, params=_given(parameters))

    def pages(self, path: str, most: int, **parameters: Any) -> list[dict[str, Any]]:
        """The items of a list's pages, `most` at the most."""
        items: list[dict[str, Any]] = self.page(path, most, **parameters)["items"]
        return items

    def page(self, path: str, most: int, **parameters: Any) -> dict[str, Any]:
        """A list's pages as one of `most` items, with the cursor of what follows."""
        items: list[dict[str, Any]] = []
        cursor = None
        while len(items) < most:
            limit = min(_LARGEST_PAGE, most - len(items))
            page = self.get(path, cursor=cursor, limit=limit, **parameters)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        return {"items": items, "next": cursor}

    def lines(self, path: str, **parameters: Any) -> Iterator[Any]:
        """The JSON of an answer's lines as they come. Raises ClientError."""
        try:
            with self._http.stream("GET", path, params=_given(parameters)) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    raise refusal(answer, self.server.url)
                if not answer.headers.get("Content-Type", "").startswith(_LINES):
                    raise somebody_else(self.server.url)
                begun = b""
                for piece in answer.iter_bytes():
                    # Not by `iter_lines`, which ends a line at characters that may be within it.
                    *lines, begun = (begun + piece).split(b"\n")
                    yield from (json_object(line.decode()) for line in lines)
        except httpx.TransportError as error:
            raise AwayError(unreachable(error, self.server.url)) from error

    def stream(
        self, after: int, silence: float = STREAM_SILENCE
    ) -> Iterator[dict[str, Any] | None]:
        """Events behind `after` as they come, None for a sign of life; ends with the server.

        Raises httpx.TransportError after `silence` seconds without either, AwayError if there is
        no stream to be had.
        """
        lines = EventStream()
        with self._http.stream(
            "GET",
            "/stream",
            params={"after": after},
            headers={"Last-Event-ID": str(after)},
            timeout=httpx.Timeout(10, read=min(silence, STREAM_SILENCE)),
        ) as answer:
            if answer.status_code != httpx.codes.OK:
                answer.read()
                raise AwayError(str(refusal(answer, self.server.url)))
            for piece in answer.iter_bytes():
                yield from lines.feed(piece)
        lines.end()

    def _request(
        self, method: str, path: str, most_timeouts: int = _MOST_TIMEOUTS, **what: Any
    ) -> Any:
        again = method == "GET" or "Idempotency-Key" in what.get("headers", {})
        timeouts = 0
        for attempt in range(_MOST_TRIES):
            last = attempt == _MOST_TRIES - 1
            try:
                answer = self._http.request(method, path, **what)
            except httpx.TransportError as error:
                timeouts += isinstance(error, httpx.TimeoutException)
                if not again or last or timeouts == most_timeouts or self._never_there(error):
                    raise AwayError(unreachable(error, self.server.url)) from error
                self.pause(0.2 * 2**attempt)
                continue
            self._reached = True
            if answer.status_code in AGAIN and not last:
                self.pause(wait_asked_for(answer))
                continue
            return read(answer, self.server.url)
        return None

    def _never_there(self, error: httpx.TransportError) -> bool:
        return isinstance(error, _NEVER_THERE) and not self._reached


def headers_of(server: Server) -> dict[str, str]:
    """What every request to the server carries."""
    return {"Authorization": f"Bearer {server.key}"} if server.key else {}


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
