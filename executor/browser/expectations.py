"""Expectations: waited for, and told with what was found instead."""

from __future__ import annotations

import asyncio
import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import Error

from executor.browser.targets import locate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

    from domain.steps import Expect

_LOOK_EVERY = 0.05
_SHOWN = 300


class ExpectationError(Exception):
    """What was expected did not come; the message says what was there."""


async def expect(page: Page, wanted: Expect, seconds: float) -> None:
    """Waits until the expectation holds. Raises ExpectationError after `seconds`."""
    if wanted.visible is not None:
        await _until(
            _shows(page, wanted.visible, visible=True), f"{wanted.visible} visible", seconds
        )
    elif wanted.hidden is not None:
        await _until(_shows(page, wanted.hidden, visible=False), f"{wanted.hidden} hidden", seconds)
    else:
        look, expected, holds = _comparison(page, wanted)
        await _until(_compared(look, holds), expected, seconds)


def _comparison(
    page: Page, wanted: Expect
) -> tuple[Callable[[], Awaitable[str]], str, Callable[[str], bool]]:
    if wanted.text is not None:
        text = _folded(wanted.text)
        where = locate(page, wanted.within) if wanted.within else page.locator("body")
        expected = f"{wanted.within or 'the page'} to contain {wanted.text!r}"
        return where.inner_text, expected, lambda found: text in _folded(found)
    if wanted.title is not None:
        title = wanted.title
        return page.title, f"the title {title!r}", lambda found: _folded(found) == _folded(title)
    if wanted.url is not None:
        url = wanted.url
        return _url_of(page), f"the address {url!r}", lambda found: _url_fits(found, url)
    if wanted.value is not None:
        equals = wanted.value.equals
        field = locate(page, wanted.value)
        return (
            field.input_value,
            f"{wanted.value} to hold {equals!r}",
            lambda found: found == equals,
        )
    if wanted.count is not None:
        count = str(wanted.count.equals)
        all_of = locate(page, wanted.count)

        async def counted() -> str:
            return str(await all_of.count())

        return counted, f"{count} of {wanted.count}", lambda found: found == count
    raise ExpectationError("nothing is expected")


def _compared(
    look: Callable[[], Awaitable[str]], holds: Callable[[str], bool]
) -> Callable[[], Awaitable[str | None]]:
    async def difference() -> str | None:
        found = await look()
        return None if holds(found) else f"found {_excerpt(found)}"

    return difference


def _shows(page: Page, target: object, *, visible: bool) -> Callable[[], Awaitable[str | None]]:
    locator = locate(page, target)  # type: ignore[arg-type]

    async def difference() -> str | None:
        shown = await locator.is_visible()
        if shown == visible:
            return None
        return "it is visible" if shown else f"{await locator.count()} such elements, none visible"

    return difference


async def _until(
    difference: Callable[[], Awaitable[str | None]], expected: str, seconds: float
) -> None:
    deadline = time.monotonic() + seconds
    found: str | None = "nothing yet"
    while True:
        left = deadline - time.monotonic()
        try:
            async with asyncio.timeout(max(left, 0.05)):
                found = await difference()
        except TimeoutError:
            break
        except Error as error:
            if (
                "strict mode" in str(error)
                or "has been closed" in str(error)
                or "crashed" in str(error)
            ):
                raise
            found = str(error).splitlines()[0]
        if found is None:
            return
        if time.monotonic() >= deadline:
            break
        await asyncio.sleep(_LOOK_EVERY)
    raise ExpectationError(f"expected {expected} within {seconds:g} s; {found}")


def _url_of(page: Page) -> Callable[[], Awaitable[str]]:
    async def look() -> str:
        return page.url

    return look


def _url_fits(found: str, wanted: str) -> bool:
    if wanted.startswith("/"):
        parts = urlsplit(found)
        path = parts.path + (f"?{parts.query}" if "?" in wanted and parts.query else "")
        return fnmatchcase(path, wanted)
    return found.rstrip("/") == wanted.rstrip("/") or fnmatchcase(found, wanted)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _excerpt(text: str) -> str:
    folded = _folded(text)
    return repr(folded if len(folded) <= _SHOWN else folded[:_SHOWN] + "...")
