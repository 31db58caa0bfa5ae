"""Logging in and out, and the account page only its owner sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from examples.shop.forms import texts
from examples.shop.pages import NOTHING, Html, join, page, render
from examples.shop.sessions import Session, session_of

if TYPE_CHECKING:
    from starlette.requests import Request

PASSWORDS = {"ann": "wonderland"}


async def show_login(request: Request) -> Response:
    return _login(request, user="", complaint=NOTHING)


async def log_in(request: Request) -> Response:
    form = await texts(request)
    user, password = form.get("user", ""), form.get("password", "")
    if not password or PASSWORDS.get(user) != password:
        return _login(request, user=user, complaint=render("login_refused"), status=401)
    session_of(request).user = user.capitalize()
    return RedirectResponse("/account", 303)


def _login(request: Request, *, user: str, complaint: Html, status: int = 200) -> Response:
    return page(request, "login", title="Log in", status=status, user=user, complaint=complaint)


async def log_out(request: Request) -> Response:
    session_of(request).user = None
    return RedirectResponse("/login", 303)


async def account(request: Request) -> Response:
    session = session_of(request)
    if session.user is None:
        return RedirectResponse("/login", 303)
    return page(
        request, "account", title="Your account", user=session.user, orders=_orders(session)
    )


def _orders(session: Session) -> Html:
    return join(
        render("account_order", number=order.number, total=order.total) for order in session.orders
    ) or render("account_no_orders")


routes = [
    Route("/login", show_login),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/account", account),
]
