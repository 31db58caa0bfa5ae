"""What visitors send: the text fields of a form, trimmed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_QUANTITY = re.compile(r"[0-9]{1,6}")


async def texts(request: Request) -> dict[str, str]:
    """The form's text fields; files are left out."""
    async with request.form() as form:
        return {key: value.strip() for key, value in form.items() if isinstance(value, str)}


def quantity_in(form: Mapping[str, str]) -> int:
    """The form's quantity; one, unless it is a number."""
    given = form.get("quantity", "")
    return int(given) if _QUANTITY.fullmatch(given) else 1
