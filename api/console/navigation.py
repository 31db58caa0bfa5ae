"""The dashboard's pages, as the bar above each of them names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page that is always at hand. `name` is what its template calls itself as `here`."""

    name: str
    title: str
    path: str


NAVIGATION = (
    Place("now", "Now", "/"),
    Place("tests", "Tests", "/tests"),
    Place("history", "History", "/history"),
    Place("system", "System", "/system"),
)
"""In the order shown; a new page adds itself here."""
