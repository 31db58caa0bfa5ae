"""Sections of pages, which are made again only of something else than the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup

    from api.console.pages import Pages
    from api.console.visitor import Visitor
    from domain.api_key import Role


class Sections:
    """Remembers the last of each section, for each role, with the facts that it was made of."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._last: dict[tuple[str, Role], tuple[dict[str, Any], Markup]] = {}

    def of(self, template: str, visitor: Visitor, facts: dict[str, Any]) -> Markup:
        """The section of these facts, for somebody of that role."""
        place = template, visitor.key.role
        last = self._last.get(place)
        if last is not None and last[0] == facts:
            return last[1]
        made = self._pages.part(template, visitor=visitor, live=True, **facts)
        self._last[place] = facts, made
        return made

    def anew(self, template: str, visitor: Visitor, facts: dict[str, Any]) -> Markup:
        """The same for a page that is loaded, whose times nobody may keep up to date."""
        return self._pages.part(template, visitor=visitor, live=False, **facts)
