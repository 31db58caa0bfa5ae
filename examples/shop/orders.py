"""An order: what the checkout form must hold, and what is kept of it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.shop.cart import Choice

DELIVERIES = {"standard": 0, "express": 8}
COUNTRIES = {"gb": "United Kingdom", "de": "Germany", "us": "United States", "wl": "Wonderland"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Order:
    """A paid order; `total` is in dollars, delivery included."""

    number: int
    name: str
    lines: tuple[tuple[Choice, int], ...]
    total: int
    delivery: str = "standard"

    def ordered(self, slug: str) -> int:
        """How many of a product it took."""
        return sum(quantity for choice, quantity in self.lines if choice.product.slug == slug)


def complaints(form: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a checkout form, by field; empty if it can be ordered."""
    wrong = {
        "name": not form.get("name") and "Please tell us your name.",
        "email": not _EMAIL.fullmatch(form.get("email", "")) and "Please enter an email address.",
        "address": not form.get("address") and "Where shall we send it?",
        "country": form.get("country") not in COUNTRIES and "Please choose a country.",
        "delivery": form.get("delivery") not in DELIVERIES and "Please choose a delivery.",
        "terms": not form.get("terms") and "Please accept the terms.",
    }
    return {field: complaint for field, complaint in wrong.items() if complaint}


def receipt(order: Order | None) -> str:
    """The order as CSV; without one, only the header."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("product", "details", "quantity", "dollars"))
    if order is not None:
        for choice, quantity in order.lines:
            rows.writerow((choice.product.name, choice.details, quantity, choice.price * quantity))
        rows.writerow(("Total", "", "", order.total))
    return text.getvalue()
