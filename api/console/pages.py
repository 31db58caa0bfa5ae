"""Making pages: Jinja, with everything escaped, and the headers that each page has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.console import hostile, wording
from api.console.navigation import NAVIGATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.console.visitor import Visitor

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
        " connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # `no-referrer` would take the Origin off the forms' own requests.
    "Referrer-Policy": "same-origin",
    # Not kept anywhere: after signing out, going back shows nothing.
    "Cache-Control": "no-store",
}


class Pages:
    """The templates of this process."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        """`asset` says where a file of `static/` is."""
        self._templates = Environment(
            loader=PackageLoader("api.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals |= {"asset": asset, "navigation": NAVIGATION}
        self._templates.filters |= {
            "shown": hostile.shown,
            "plain": hostile.plain,
            "duration": wording.duration,
            "elapsed": wording.elapsed,
            "limit": wording.limit,
            "since": wording.since,
            "clock": wording.clock,
            "count": wording.count,
            "size": wording.size,
            "as_json": wording.as_json,
        }

    def page(
        self, template: str, visitor: Visitor | None = None, *, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        """A whole page, for somebody who is signed in or not."""
        text = self.part(template, visitor=visitor, **facts)
        return HTMLResponse(text, status, HEADERS)

    def part(self, template: str, **facts: Any) -> Markup:
        """A piece of one, as HTML."""
        made = self._templates.get_template(template).render(facts)
        return Markup(made)  # noqa: S704 - everything in it was escaped
