"""Where requests come from: noted for every event that a request brings about."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from domain.origin import coming_from

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_NOWHERE = "unknown"


class Origin:
    """Has what is done for a request know the client's address.

    Not a dependency of the routes: what one of those sets is not seen in the thread that another
    route runs in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with coming_from(_address(scope)):
            await self._app(scope, receive, send)


def _address(scope: Scope) -> str:
    """The client's: where a trusted proxy named one, that has been put here."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return _NOWHERE  # A proxy may forward any text, and the log is no place for it.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
