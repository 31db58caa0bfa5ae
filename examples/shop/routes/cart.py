"""The cart's pages: add, change, remove, empty, voucher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from examples.shop.cart import VOUCHERS, Cart, Choice
from examples.shop.catalogue import find
from examples.shop.forms import quantity_in, texts
from examples.shop.pages import NOTHING, Html, join, page, render
from examples.shop.sessions import session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from examples.shop.catalogue import Product


async def show(request: Request) -> Response:
    cart = session_of(request).cart
    if not cart.count:
        return page(request, "cart_empty", title="Your cart")
    return page(
        request,
        "cart",
        title="Your cart",
        lines=_lines(cart),
        voucher=_voucher(cart, refused="voucher" in request.query_params),
        total=cart.total,
    )


def _lines(cart: Cart) -> Html:
    return join(
        render(
            "cart_line",
            key=choice.key,
            slug=choice.product.slug,
            name=choice.product.name,
            details=choice.details,
            price=choice.price,
            quantity=quantity,
            sum=choice.price * quantity,
        )
        for choice, quantity in cart.quantities.items()
    )


def _voucher(cart: Cart, *, refused: bool) -> Html:
    if cart.discount:
        return render("voucher", code=cart.voucher, discount=cart.discount)
    return render("voucher_refused") if refused else NOTHING


async def add(request: Request) -> Response:
    form = await texts(request)
    product = find(form.get("product", ""))
    if product is None:
        raise HTTPException(404)
    session = session_of(request)
    session.cart.add(_choice(product, form), quantity_in(form), in_stock=session.stock_of(product))
    return RedirectResponse("/cart", 303)


def _choice(product: Product, form: Mapping[str, str]) -> Choice:
    offered = {colour.lower(): colour for colour in product.colours}
    colour = offered.get(form.get("colour", "").lower(), next(iter(offered.values()), ""))
    return Choice(product, colour, wrapped=bool(form.get("wrapped")))


async def change(request: Request) -> Response:
    session = session_of(request)
    key = request.path_params["key"]
    wanted = quantity_in(await texts(request))
    session.cart.change(key, wanted, stock_of=session.stock_of)
    return RedirectResponse("/cart", 303)


async def remove(request: Request) -> Response:
    session = session_of(request)
    session.cart.change(request.path_params["key"], 0, stock_of=session.stock_of)
    return RedirectResponse("/cart", 303)


async def empty(request: Request) -> Response:
    session_of(request).cart.empty()
    return RedirectResponse("/cart", 303)


async def redeem(request: Request) -> Response:
    code = (await texts(request)).get("code", "").upper()
    if code not in VOUCHERS:
        return RedirectResponse("/cart?voucher=unknown", 303)
    session_of(request).cart.voucher = code
    return RedirectResponse("/cart", 303)


routes = [
    Route("/cart", show),
    Route("/cart", add, methods=["POST"]),
    Route("/cart/empty", empty, methods=["POST"]),
    Route("/cart/voucher", redeem, methods=["POST"]),
    Route("/cart/{key}", change, methods=["POST"]),
    Route("/cart/{key}/remove", remove, methods=["POST"]),
]
