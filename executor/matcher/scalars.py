"""Texts of a page as the scalars that a schema asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

from executor.matcher.folding import spaced
from executor.words.question import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | bool
"""What a page shows: texts, and boxes that are ticked or not."""

Scalar = Literal["string", "number", "integer", "boolean"]
_SCALARS = ("string", "number", "integer", "boolean")

_ONE_NUMBER = re.compile(
    r"(?P<before>\D*)(?P<digits>\d(?:[\d.,'\u2019 ]*\d)?)(?P<after>\D*)"
)  # fmt: skip
_DASH = re.compile(r"(?P<left>\w?)[-\u2212](?P<space>\s*)[^\w\s]?\s*$")
_PART_OF_MORE = re.compile(r"[\w.,]$")
_MAGNITUDE = re.compile(r"\s?(?:k|m|mn|mio|bn|thousand|million|billion)\b", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[,.'\u2019 ])\d{3})(?:(?P=mark)\d{3})*")
_POINT = re.compile(r"\d+\.\d+")
_DECIMALS = re.compile(r"(.+)([.,])(\d+)")
_BOOLEANS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def scalar_of(shape: Mapping[str, Any]) -> Scalar:
    """The scalar that a property's JSON schema asks for. Raises ModelError for anything else."""
    given = shape.get("type")
    if given not in _SCALARS:
        raise ModelError(
            "needs_model",
            "lists and nested values need a language model (set PROCTOR_MODEL): the matcher reads"
            f" {', '.join(_SCALARS)}, not {given or 'this shape'}",
        )
    return cast("Scalar", given)


def read_as(value: Value, kind: Scalar) -> Any:
    """The value as that scalar; None if it is none."""
    if kind == "boolean":
        return value if isinstance(value, bool) else _BOOLEANS.get(value.strip().casefold())
    if isinstance(value, bool):
        return None
    if kind == "string":
        return spaced(value)
    number = number_in(value)
    if kind == "number" or number is None:
        return number
    return int(number) if number.is_integer() else None


def number_in(text: str) -> float | None:
    """The only number in a text, as in "$1,042.50" or "1.042,50 €". None for none or several, for
    what is part of a name, as in "B-12", and for "1.2 million"."""
    found = _ONE_NUMBER.fullmatch(spaced(text))
    if found is None or _PART_OF_MORE.search(found["before"]) or _MAGNITUDE.match(found["after"]):
        return None
    digits = _with_point(found["digits"])
    dash = _DASH.search(found["before"])
    if digits is None or (dash is not None and (dash["left"] or dash["space"])):
        return None
    return -float(digits) if dash is not None else float(digits)


def _with_point(digits: str) -> str | None:
    """Digits with a point before the decimals and no other mark; None if that cannot be told.

    Alone before three digits a comma groups and a point does not, as English writes numbers.
    """
    if _GROUPED.fullmatch(digits) and not _POINT.fullmatch(digits):
        return _only_digits(digits)
    split = _DECIMALS.fullmatch(digits)
    whole, mark, decimals = split.groups() if split else (digits, ".", "0")
    grouped = _GROUPED.fullmatch(whole) is not None and mark not in whole
    return f"{_only_digits(whole)}.{decimals}" if whole.isdigit() or grouped else None


def _only_digits(text: str) -> str:
    return re.sub(r"\D", "", text)
