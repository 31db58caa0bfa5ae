"""The two sides of a failed expectation, as its message says them."""

from __future__ import annotations

import re

_MESSAGE = re.compile(r"expected (.*?) (within [\d.e+-]+ s); (.*)", re.S)


def expected_and_actual(message: str) -> tuple[str, str] | None:
    """What a failed expectation says was expected, and what was there; None of other failures."""
    found = _MESSAGE.fullmatch(message)
    if found is None:
        return None
    expected, within, actual = found.groups()
    return f"{expected}, {within}", actual.removeprefix("found ")
