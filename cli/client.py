"""Talking to a Proctor server, with errors a person can act on."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TIMEOUT = 30.0
_STREAM_SILENCE = 40.0
_LARGEST_PAGE = 200
_MOST_TRIES = 5
_LONGEST_PAUSE = 30.0
_AGAIN = {429, 503}


class ClientError(ProctorError):
    """The server could not be reached, or refused."""


class AwayError(ClientError):
    """The server does not answer for now; it may well later."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is, and the key to it."""

    url: str
    key: str

    @classmethod
    def find(cls, url: str | None = None, key: str | None = None) -> Server:
        """From options, the environment, or the data folder of a server on this machine."""
        folder = Path(os.environ.get("PROCTOR_DATA_DIR", ".proctor"))
        found = url or os.environ.get("PROCTOR_URL") or _noted(folder) or "http://127.0.0.1:8000"
        opened = key or os.environ.get("PROCTOR_KEY") or _read(folder / "admin.key") or ""
        if not found.startswith(("http://", "https://")):
            raise ClientError(f"{found!r} is no address of a server, as http://127.0.0.1:8000 is")
        if not all("!" <= character <= "~" for character in opened):
            raise ClientError("this cannot be a key: set PROCTOR_KEY to one as it was shown")
        return cls(found.rstrip("/"), opened)


class Client:
    """A connection to one server."""

    def __init__(
        self,
        server: Server,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
        self.pause = pause
        self._server = server
        self._reached = False
        self._http = httpx.Client(
            base_url=f"{server.url}/api/v1", headers=headers, timeout=_TIMEOUT, transport=transport
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The answer's JSON; parameters that are None are left out."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self._request("GET", path, params=given)

    def post(self, path: str, body: Any = None, idempotency_key: str | None = None) -> Any:
        """The answer's JSON. With an idempotency key it may be sent again."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._request("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: Any) -> Any:
        """The answer's JSON."""
        return self._request("PATCH", path, json=body)

    def delete(self, path: str, **parameters: Any) -> Any:
        """The answer's JSON, None where nothing is answered; parameters as in `get`."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self._request("DELETE", path, params=given)

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

    def stream(
        self, after: int, silence: float = _STREAM_SILENCE
    ) -> Iterator[dict[str, Any] | None]:
        """Events behind `after` as they come, None for a sign of life; ends with the server.

        Raises httpx.TransportError after `silence` seconds without either, AwayError if there is
        no stream to be had.
        """
        with self._http.stream(
            "GET",
            "/stream",
            params={"after": after},
            timeout=httpx.Timeout(10, read=min(silence, _STREAM_SILENCE)),
        ) as answer:
            if answer.status_code != httpx.codes.OK:
                answer.read()
                raise AwayError(_said(answer))
            for line in answer.iter_lines():
                yield _object(line[6:]) if line.startswith("data: ") else None

    def _request(self, method: str, path: str, **what: Any) -> Any:
        again = method == "GET" or "Idempotency-Key" in what.get("headers", {})
        for attempt in range(_MOST_TRIES):
            last = attempt == _MOST_TRIES - 1
            try:
                answer = self._http.request(method, path, **what)
            except httpx.TransportError as error:
                never_there = isinstance(error, httpx.ConnectError) and not self._reached
                if not again or last or never_there:
                    raise AwayError(self._unreachable(error)) from error
                self.pause(0.2 * 2**attempt)
                continue
            self._reached = True
            if answer.status_code in _AGAIN and not last:
                self.pause(_wait_asked_for(answer))
                continue
            return self._read(answer)
        return None

    def _read(self, answer: httpx.Response) -> Any:
        if not answer.is_success:
            raise _refusal(answer)
        if not answer.content:
            return None
        try:
            return _object(answer.text)
        except AwayError:
            raise ClientError(
                f"what answers at {self._server.url} is no Proctor server: check PROCTOR_URL"
            ) from None

    def _unreachable(self, error: httpx.TransportError) -> str:
        if isinstance(error, httpx.ConnectError):
            return (
                f"no Proctor server answers at {self._server.url}:"
                " start one with `proctor serve`, or set PROCTOR_URL"
            )
        return f"{self._server.url} broke off: {error or type(error).__name__}"


def _refusal(answer: httpx.Response) -> ClientError:
    kind = AwayError if answer.status_code in _AGAIN or answer.is_server_error else ClientError
    return kind(_said(answer))


def _said(answer: httpx.Response) -> str:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return "the server does not know this key: set PROCTOR_KEY to one made with `proctor keys`"
    said = f"{_detail(answer)} (HTTP {answer.status_code})"
    if answer.status_code == httpx.codes.FORBIDDEN:
        return f"{said}: set PROCTOR_KEY to a key with a role that may"
    return said


def _detail(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem.get("title") or answer.reason_phrase)
    except (ValueError, AttributeError):
        return answer.text[:200] or answer.reason_phrase


def _object(text: str) -> dict[str, Any]:
    """A JSON object. Raises AwayError for anything else, such as the first half of one."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise AwayError("the answer broke off")
    return found


def _wait_asked_for(answer: httpx.Response) -> float:
    """Seconds; the date that `Retry-After` may hold instead is not worth a long wait."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_PAUSE) if asked.isascii() and asked.isdigit() else 1.0


def _noted(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "server.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
