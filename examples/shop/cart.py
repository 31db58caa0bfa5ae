"""A visitor's cart: which products, how many of each, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.shop.catalogue import Product

WRAPPING = 3
"""Dollars for the gift wrapping of one thing."""
VOUCHERS = {"RABBIT": 5}
"""Dollars off, by code."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A product as the visitor wants it."""

    product: Product
    colour: str = ""
    wrapped: bool = False

    @property
    def key(self) -> str:
        """Names the choice in addresses and forms."""
        return f"{self.product.slug}.{self.colour.lower() or 'plain'}.{int(self.wrapped)}"

    @property
    def price(self) -> int:
        """Dollars for one, wrapping included."""
        return self.product.price + WRAPPING * self.wrapped

    @property
    def details(self) -> str:
        """The options taken, in words."""
        return ", ".join(filter(None, (self.colour, "gift wrapped" if self.wrapped else "")))


@dataclass
class Cart:
    """Choices and their quantities, in the order they were added."""

    quantities: dict[Choice, int] = field(default_factory=dict)
    voucher: str = ""

    def add(self, choice: Choice, quantity: int, *, in_stock: int) -> int:
        """Adds as many as there are left, and returns how many that was."""
        added = max(0, min(quantity, in_stock - self._held(choice.product)))
        if added:
            self.quantities[choice] = self.quantities.get(choice, 0) + added
        return added

    def change(self, key: str, quantity: int, *, stock_of: Callable[[Product], int]) -> None:
        """Sets a line's quantity, as far as the stock goes; none at all removes it."""
        choice = self.find(key)
        if choice is None:
            return
        position = list(self.quantities)
        del self.quantities[choice]
        self.add(choice, quantity, in_stock=stock_of(choice.product))
        self.quantities = {each: self.quantities[each] for each in position if each in self}

    def find(self, key: str) -> Choice | None:
        """The choice with this key, or None."""
        return next((choice for choice in self.quantities if choice.key == key), None)

    def empty(self) -> None:
        """Takes everything out."""
        self.quantities.clear()
        self.voucher = ""

    def __contains__(self, choice: Choice) -> bool:
        return choice in self.quantities

    @property
    def count(self) -> int:
        """How many things are in it."""
        return sum(self.quantities.values())

    @property
    def discount(self) -> int:
        """Dollars off for the voucher, never more than the cart is worth."""
        return min(VOUCHERS.get(self.voucher, 0), self._worth)

    @property
    def total(self) -> int:
        """Dollars to pay, before delivery."""
        return self._worth - self.discount

    @property
    def _worth(self) -> int:
        return sum(choice.price * quantity for choice, quantity in self.quantities.items())

    def _held(self, product: Product) -> int:
        return sum(held for choice, held in self.quantities.items() if choice.product == product)
