"""From the cart to the confirmed order and its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from examples.shop.cart import Choice
from examples.shop.catalogue import FEATURED
from examples.shop.forms import texts
from examples.shop.orders import COUNTRIES, DELIVERIES, Order, complaints, receipt
from examples.shop.pages import NOTHING, Html, join, notice, options, page, render
from examples.shop.sessions import session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request


async def show(request: Request) -> Response:
    if not session_of(request).cart.count:
        return RedirectResponse("/cart", 303)
    return _checkout(request, {"delivery": "standard"}, {})


def _checkout(
    request: Request, form: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> Response:
    fields = ("name", "email", "address", "country", "delivery", "terms")
    return page(
        request,
        "checkout",
        title="Checkout",
        status=status,
        total=session_of(request).cart.total,
        summary=render("complaints", count=len(wrong)) if wrong else NOTHING,
        countries=options({"": "Choose…", **COUNTRIES}, form.get("country", "")),
        terms_checked="checked" if form.get("terms") else "",
        **{f"{each}_checked": "checked" if form.get("delivery") == each else ""
           for each in DELIVERIES},
        **{f"{each}_value": form.get(each, "") for each in ("name", "email", "address", "note")},
        **{f"{each}_invalid": str(each in wrong).lower() for each in fields},
        **{f"{each}_wrong": _complaint(each, wrong) for each in fields},
    )  # fmt: skip


def _complaint(field: str, wrong: Mapping[str, str]) -> Html:
    return render("complaint", field=field, text=wrong[field]) if field in wrong else NOTHING


async def order(request: Request) -> Response:
    session = session_of(request)
    if not session.cart.count:
        return RedirectResponse("/cart", 303)
    form = await texts(request)
    if wrong := complaints(form):
        return _checkout(request, form, wrong, status=422)
    delivery = form["delivery"]
    total = session.cart.total + DELIVERIES[delivery]
    lines = tuple(session.cart.quantities.items())
    placed = _place(request, Order(session.next_order, form["name"], lines, total, delivery))
    session.cart.empty()
    return placed


async def buy_now(request: Request) -> Response:
    """Orders the product of the day at once, without the cart."""
    name = (await texts(request)).get("name", "")
    if not name:
        return notice(request, "Name missing", "Please go back and tell us your name.", 422)
    lines = ((Choice(FEATURED), 1),)
    return _place(request, Order(session_of(request).next_order, name, lines, FEATURED.price))


def _place(request: Request, order: Order) -> Response:
    session = session_of(request)
    if not session.has_in_stock(order.lines):
        return notice(request, "Sold out", "You have bought all we had of it.", 409)
    session.orders.append(order)
    return RedirectResponse(f"/orders/{order.number}", 303)


async def confirmation(request: Request) -> Response:
    number = request.path_params["number"]
    found = next((each for each in session_of(request).orders if each.number == number), None)
    if found is None:
        raise HTTPException(404)
    lines = join(
        render("order_line", slug=choice.product.slug, name=choice.product.name,
               details=choice.details, quantity=quantity, sum=choice.price * quantity)
        for choice, quantity in found.lines
    )  # fmt: skip
    return page(
        request,
        "order",
        title="Order confirmed",
        number=number,
        name=found.name,
        lines=lines,
        delivery=f"{found.delivery.capitalize()} delivery",
        delivery_price=DELIVERIES[found.delivery],
        total=found.total,
    )


async def receipt_csv(request: Request) -> Response:
    """The receipt of the visitor's last order, as a download."""
    last = next(reversed(session_of(request).orders), None)
    return Response(
        receipt(last),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="receipt.csv"'},
    )


routes = [
    Route("/checkout", show),
    Route("/checkout", order, methods=["POST"]),
    Route("/orders", buy_now, methods=["POST"]),
    Route("/orders/{number:int}", confirmation),
    Route("/receipt.csv", receipt_csv),
]
