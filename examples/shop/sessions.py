"""Sessions: everything a visitor does stays with their cookie, so that no test disturbs another."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from examples.shop.cart import Cart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from examples.shop.cart import Choice
    from examples.shop.catalogue import Product
    from examples.shop.orders import Order

COOKIE = "shop_session"
MOST_SESSIONS = 10_000
FIRST_ORDER = 1001


@dataclass
class Session:
    """One visitor's cart, orders and login."""

    cart: Cart = field(default_factory=Cart)
    orders: list[Order] = field(default_factory=list)
    user: str | None = None

    def stock_of(self, product: Product) -> int:
        """How many of a product this visitor has not ordered yet."""
        return product.stock - sum(order.ordered(product.slug) for order in self.orders)

    def has_in_stock(self, lines: Iterable[tuple[Choice, int]]) -> bool:
        """Whether all of it could be ordered now."""
        wanted: dict[Product, int] = {}
        for choice, quantity in lines:
            wanted[choice.product] = wanted.get(choice.product, 0) + quantity
        return all(quantity <= self.stock_of(product) for product, quantity in wanted.items())

    @property
    def next_order(self) -> int:
        """The number of the next order."""
        return FIRST_ORDER + len(self.orders)


def session_of(connection: HTTPConnection) -> Session:
    """The session of the visitor who asks."""
    session: Session = connection.state.session
    return session


class SessionMiddleware:
    """Finds or opens the session of every request; forgets the ones unused for longest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        key = HTTPConnection(scope).cookies.get(COOKIE, "")
        if key in self._sessions:
            self._sessions.move_to_end(key)
        else:
            key = self._open()
            send = _with_cookie(send, key)
        scope.setdefault("state", {})["session"] = self._sessions[key]
        await self._app(scope, receive, send)

    def _open(self) -> str:
        key = secrets.token_urlsafe()
        self._sessions[key] = Session()
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return key


def _with_cookie(send: Send, key: str) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            cookie = f"{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax"
            MutableHeaders(scope=message).append("set-cookie", cookie)
        await send(message)

    return send_with_cookie
