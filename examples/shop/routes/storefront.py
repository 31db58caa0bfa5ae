"""The home page with its search, and the page of each product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.routing import Route

from examples.shop.catalogue import DEPARTMENTS, FEATURED, SORTINGS, Product, find, search
from examples.shop.pages import NOTHING, Html, join, options, page, render
from examples.shop.sessions import session_of

if TYPE_CHECKING:
    from starlette.requests import Request


async def home(request: Request) -> HTMLResponse:
    hero = render("hero", slug=FEATURED.slug, name=FEATURED.name, about=FEATURED.about,
                  price=FEATURED.price)  # fmt: skip
    return _shelves(request, title="The Looking-Glass Shop", heading="All products", hero=hero)


async def results(request: Request) -> HTMLResponse:
    words = request.query_params.get("q", "")
    return _shelves(
        request, title=f"Search: {words}", heading=f"Results for “{words}”", words=words
    )


async def department(request: Request) -> HTMLResponse:
    slug = request.path_params["slug"]
    if slug not in DEPARTMENTS:
        raise HTTPException(404)
    heading = DEPARTMENTS[slug]
    return _shelves(request, title=heading, heading=heading, department=slug)


def _shelves(
    request: Request,
    *,
    title: str,
    heading: str,
    hero: Html = NOTHING,
    words: str = "",
    department: str = "",
) -> HTMLResponse:
    return page(
        request,
        "shelves",
        title=title,
        heading=heading,
        hero=hero,
        words=words,
        department=department,
        sortings=options({"": "Our choice", **SORTINGS}),
        newsletter=render("newsletter_frame") if hero else NOTHING,
    )


async def products(request: Request) -> HTMLResponse:
    """The cards alone, for the script of the page to fetch."""
    query = request.query_params
    found = search(
        query.get("q", ""),
        department=query.get("department", ""),
        in_stock=query.get("in_stock") == "on",
        sort=query.get("sort", ""),
    )
    cards = join(
        render("card", slug=each.slug, name=each.name, price=each.price, note=_note(each))
        for each in found
    )
    return HTMLResponse(cards or render("nothing_found"), headers={"X-Count": str(len(found))})


def _note(product: Product) -> Html:
    return NOTHING if product.stock else render("sold_out_note")


async def product(request: Request) -> HTMLResponse:
    chosen = find(request.path_params["slug"])
    if chosen is None:
        raise HTTPException(404)
    left = session_of(request).stock_of(chosen)
    return page(
        request,
        "product",
        title=chosen.name,
        slug=chosen.slug,
        name=chosen.name,
        about=chosen.about,
        price=chosen.price,
        department=DEPARTMENTS[chosen.department],
        department_slug=chosen.department,
        stock=f"{left} in stock" if left else "Sold out",
        most=max(left, 1),
        disabled="" if left else "disabled",
        colour=_colour(chosen),
    )


def _colour(product: Product) -> Html:
    if not product.colours:
        return NOTHING
    choices = {colour.lower(): colour for colour in product.colours}
    return render("colour", options=options(choices))


routes = [
    Route("/", home),
    Route("/search", results),
    Route("/departments/{slug}", department),
    Route("/products", products),
    Route("/products/{slug}", product),
]
