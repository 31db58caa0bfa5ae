"""Bodies have a limit, whether they say their length or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.problems import ProblemError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 5_000_000


class BodyLimit:
    """Refuses with 413 what says that it is too large, and cuts off what only turns out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > LARGEST_BODY:
            await _too_large().response()(scope, receive, send)
            return
        await self._app(scope, _Counting(receive), send)


class _Counting:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > LARGEST_BODY:
            raise _too_large()
        return message


def _too_large() -> ProblemError:
    return ProblemError(413, "body too large", f"a body may have {LARGEST_BODY:,} bytes at most")
