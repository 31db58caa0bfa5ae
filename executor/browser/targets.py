"""From a target in the suite's words to a Playwright locator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import FrameLocator, Locator, Page

    from domain.targets import Target


def locate(page: Page, target: Target) -> Locator:
    """The locator of `target` on `page`."""
    scope: Page | FrameLocator = page.frame_locator(target.frame) if target.frame else page
    locator = _locator(scope, target)
    return locator if target.nth is None else locator.nth(target.nth)


def _locator(scope: Page | FrameLocator, target: Target) -> Locator:
    exact = target.exact
    if target.role is not None:
        name = {"name": target.name, "exact": exact} if target.name is not None else {}
        return scope.get_by_role(target.role, **name)  # type: ignore[arg-type]
    if target.label is not None:
        return scope.get_by_label(target.label, exact=exact)
    if target.text is not None:
        return scope.get_by_text(target.text, exact=exact)
    if target.placeholder is not None:
        return scope.get_by_placeholder(target.placeholder, exact=exact)
    if target.test_id is not None:
        return scope.get_by_test_id(target.test_id)
    return scope.locator(target.css or "")
