"""Performing a decided action with Playwright, on the very element that was looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from executor.browser.path import locate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import ElementHandle, Locator, Page

    from domain.decision import Method

    Element = ElementHandle | Locator
    Doing = Callable[[Element, "tuple[str, ...]", float], Awaitable[Any]]

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_SCROLL = """(element, where) => {
  const whole = element === document.documentElement || element === document.body;
  const box = whole ? document.scrollingElement : element;
  const pages = {next: 1, previous: -1}[where];
  if (pages) box.scrollBy(0, box.clientHeight * pages);
  else if (where === null) element.scrollIntoView({block: "center"});
  else box.scrollTo(0, (box.scrollHeight - box.clientHeight) * where);
}"""


async def perform_on_page(
    page: Page, method: Method, arguments: tuple[str, ...], seconds: float
) -> None:
    """An action on the page as a whole. Raises Playwright's errors."""
    timeout = seconds * 1000
    match method:
        case "back":
            await page.go_back(timeout=timeout)
        case "forward":
            await page.go_forward(timeout=timeout)
        case "reload":
            await page.reload(timeout=timeout)
        case "press":
            await page.keyboard.press(arguments[0])
        case _:
            raise ValueError(f"{method} needs an element")


async def perform_on_element(
    page: Page,
    element: Element,
    method: Method,
    arguments: tuple[str, ...],
    seconds: float,
) -> None:
    """An action on one element, once it can be acted upon. Raises Playwright's errors."""
    if method == "drag":
        await _drag(page, element, arguments, seconds)
        return
    await _ON_ELEMENTS[method](element, arguments, seconds * 1000)


async def _drag(page: Page, element: Element, arguments: tuple[str, ...], seconds: float) -> None:
    await element.scroll_into_view_if_needed(timeout=seconds * 1000)
    await element.hover(timeout=seconds * 1000)
    await page.mouse.down()
    await locate(page, arguments[0]).hover(timeout=seconds * 1000)
    await page.mouse.up()


async def _scroll(element: Element, arguments: tuple[str, ...], _: float) -> None:
    where = arguments[0].strip() if arguments else ""
    share = _PERCENT.fullmatch(where)
    if share is not None:
        await element.evaluate(_SCROLL, float(share[1]) / 100)
    else:
        await element.evaluate(_SCROLL, where if where in {"next", "previous"} else None)


_ON_ELEMENTS: dict[Method, Doing] = {
    "click": lambda element, _, timeout: element.click(timeout=timeout),
    "double_click": lambda element, _, timeout: element.dblclick(timeout=timeout),
    "right_click": lambda element, _, timeout: element.click(button="right", timeout=timeout),
    "fill": lambda element, said, timeout: element.fill(said[0] if said else "", timeout=timeout),
    "press": lambda element, said, timeout: element.press(said[0], timeout=timeout),
    "select": lambda element, said, timeout: element.select_option(label=said[0], timeout=timeout),
    "check": lambda element, _, timeout: element.check(timeout=timeout),
    "uncheck": lambda element, _, timeout: element.uncheck(timeout=timeout),
    "hover": lambda element, _, timeout: element.hover(timeout=timeout),
    "scroll": _scroll,
}
