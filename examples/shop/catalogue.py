"""What the shop sells, and how it is searched."""

from __future__ import annotations

from dataclasses import dataclass

DEPARTMENTS = {"tea": "Tea table", "games": "Games", "curiosities": "Curiosities"}
SORTINGS = {"name": "Name", "cheapest": "Price, low to high", "dearest": "Price, high to low"}


@dataclass(frozen=True, slots=True)
class Product:
    """A thing for sale; `price` is in whole dollars, `stock` is what each visitor finds."""

    slug: str
    name: str
    department: str
    price: int
    stock: int
    about: str
    colours: tuple[str, ...] = ()


PRODUCTS = (
    Product("watch", "White Rabbit pocket watch", "curiosities", 42, 7,
            "Always two days slow, and never late again. Brass, with a chain for your waistcoat."),
    Product("teapot", "Dormouse teapot", "tea", 28, 12,
            "Stoneware for two, roomy enough for a nap. Dishwasher safe, dormouse not included.",
            ("White", "Blue", "Green")),
    Product("cups", "Unbirthday cups", "tea", 18, 30,
            "A pair of cups for the other 364 days of the year.", ("White", "Rose")),
    Product("tarts", "Box of jam tarts", "tea", 9, 50,
            "Six tarts, baked on a summer day. Jam tomorrow and jam yesterday."),
    Product("hat", "Felt top hat", "curiosities", 65, 4,
            "In this style, ten shillings and sixpence. Pure wool felt, brushed by hand.",
            ("Black", "Plum")),
    Product("cards", "Deck of court cards", "games", 12, 80,
            "Fifty-two cards that do as they are told. Linen finish, in a tin."),
    Product("chess", "Looking-glass chess set", "games", 54, 5,
            "Red and white, as the Queens prefer. Weighted boxwood on a folding board."),
    Product("croquet", "Flamingo croquet set", "games", 35, 9,
            "Four mallets that hold still. Hoops, balls and a bag."),
    Product("sword", "Vorpal letter opener", "curiosities", 24, 0,
            "Goes snicker-snack through any envelope. Blunt enough for a desk."),
)  # fmt: skip

_BY_SLUG = {product.slug: product for product in PRODUCTS}
FEATURED = _BY_SLUG["watch"]


def find(slug: str) -> Product | None:
    """The product with this slug, or None."""
    return _BY_SLUG.get(slug)


def search(
    words: str = "", *, department: str = "", in_stock: bool = False, sort: str = ""
) -> list[Product]:
    """The products that have all the words in their name or description, sorted."""
    wanted = words.casefold().split()
    found = [
        product
        for product in PRODUCTS
        if department in {"", product.department}
        and (product.stock or not in_stock)
        and all(word in f"{product.name} {product.about}".casefold() for word in wanted)
    ]
    return _sorted(found, sort)


def _sorted(products: list[Product], sort: str) -> list[Product]:
    match sort:
        case "name":
            return sorted(products, key=lambda product: product.name.casefold())
        case "cheapest" | "dearest":
            return sorted(products, key=lambda product: product.price, reverse=sort == "dearest")
        case _:
            return products
