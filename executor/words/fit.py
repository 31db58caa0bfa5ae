"""Whether what stands at a path is what was decided on: nothing else is ever acted upon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeout
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from executor.browser.path import locate

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle, Page

_NAMED = re.compile(r'^(?P<role>[a-z]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?')
_LONGEST_NAME = 200
_yaml = YAML(typ="safe", pure=True)


class MisfitError(Exception):
    """What was decided on is not there any more; the message says what is there instead."""


@dataclass(frozen=True, slots=True)
class Found:
    """One element, held: acting on it acts on nothing else, even if the page changes meanwhile."""

    element: ElementHandle
    role: str | None
    name: str | None

    def __str__(self) -> str:
        return described(self.role, self.name)


async def look(page: Page, path: str, seconds: float) -> Found:
    """The element at `path`, waited for. Raises MisfitError if none comes, or it does not stay."""
    locator = locate(page, path)
    timeout = seconds * 1000
    try:
        element = await locator.element_handle(timeout=timeout)
        snapshot = await locator.aria_snapshot(timeout=timeout)
        same = await locator.evaluate("(now, held) => now === held", element, timeout=timeout)
    except PlaywrightTimeout:
        raise MisfitError(f"nothing stands at {path} any more") from None
    except Error as error:
        if "Target closed" in str(error) or "closed" in str(error) or "crash" in str(error):
            raise
        raise MisfitError(
            f"{path} cannot be followed: {str(error).partition(chr(10))[0]}"
        ) from None
    if not same:
        raise MisfitError(f"what stands at {path} was replaced while it was looked at")
    return Found(element, *role_and_name(snapshot))


def role_and_name(snapshot: str) -> tuple[str | None, str | None]:
    """Of the element that Playwright's ARIA snapshot begins with; plain text has no role."""
    first = snapshot.partition("\n")[0].removeprefix("- ")
    try:
        parsed = _yaml.load(StringIO(first))
    except YAMLError:
        parsed = first
    key, value = next(iter(parsed.items())) if isinstance(parsed, dict) else (str(parsed), None)
    if key == "text":
        return None, _short(str(value))
    named = _NAMED.match(key)
    if named is None:
        return None, _short(key) or None
    name = named["name"]
    return named["role"], None if name is None else _short(re.sub(r"\\(.)", r"\1", name))


def described(role: str | None, name: str | None) -> str:
    """An element in words, as in `button "Buy now"`."""
    if name is None:
        return role or "an element without role or name"
    return f'{role or "text"} "{name}"'


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_NAME]
