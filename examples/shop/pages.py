"""Renders the templates in `pages/`: every value is escaped unless it is markup already."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from examples.shop.sessions import session_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

PAGES = Path(__file__).parent / "pages"
_folders = [PAGES]


def redesign() -> None:
    """From now on, and for the whole process, some pages are built differently and say the same."""
    _folders.insert(0, PAGES / "redesigned")
    _template.cache_clear()


class Html(str):
    """Text that is markup, and goes into a page as it is."""

    __slots__ = ()


NOTHING = Html()


def render(template: str, /, **values: object) -> Html:
    """The template with its values filled in; a missing value is a KeyError."""
    escaped = {
        key: value if isinstance(value, Html) else escape(str(value))
        for key, value in values.items()
    }
    return Html(_template(template).substitute(escaped))


def page(
    request: Request, template: str, /, *, title: str, status: int = 200, **values: object
) -> HTMLResponse:
    """A whole page: the template within the layout, for the visitor who asks."""
    session = session_of(request)
    layout = render(
        "layout",
        title=title,
        body=render(template, **values),
        cart_count=session.cart.count,
        account=session.user or "Log in",
    )
    return HTMLResponse(layout, status)


def notice(request: Request, title: str, text: str, status: int = 200) -> HTMLResponse:
    """A page that only says something."""
    return page(request, "notice", title=title, status=status, heading=title, text=text)


def join(parts: Iterable[Html]) -> Html:
    """Several pieces of markup as one."""
    return Html("\n".join(parts))


def options(labels: Mapping[str, str], chosen: str = "") -> Html:
    """The options of a select box, labels by value."""
    return join(
        render("option", value=value, label=label, selected="selected" if value == chosen else "")
        for value, label in labels.items()
    )


@cache
def _template(name: str) -> Template:
    files = [folder / f"{name}.html" for folder in _folders]
    return Template(next(file for file in files if file.exists()).read_text(encoding="utf-8"))
