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

from executor.browser.path import locate, root_of

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle, Locator, Page

    from domain.decision import DecidedAction

_NAMED = re.compile(r'^(?P<role>[a-z]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?')
_LONGEST_NAME = 200
_PATIENCE_MS = 5_000
"""For a browser that is slow to say what an element is, which is no reason to take it for another.
"""
_yaml = YAML(typ="safe", pure=True)


class MisfitError(Exception):
    """What was decided on is not there any more; the message says what is there instead."""


class ClosedError(Exception):
    """What was decided on is shown, and cannot be reached."""


@dataclass(frozen=True, slots=True)
class Found:
    """One element, held: acting on it acts on nothing else, even if the page changes meanwhile."""

    element: ElementHandle
    role: str | None
    name: str | None

    def __str__(self) -> str:
        return described(self.role, self.name)


def only(page: Page, action: DecidedAction) -> Locator | None:
    """A locator of the element at the action's path as long as it has the decided role and name:
    nothing else fits it. None of an element that has no role, or too long a name to compare."""
    if action.role is None or len(action.name or "") >= _LONGEST_NAME:
        return None
    place = locate(page, action.selector or "")
    name = {"name": action.name, "exact": True} if action.name else {}
    return place.and_(root_of(page, action.selector or "").get_by_role(action.role, **name))  # type: ignore[arg-type]


async def look(page: Page, path: str) -> Found:
    """The element that stands at `path` now. Raises MisfitError if there is none, or it goes."""
    locator = locate(page, path)
    try:
        elements = await locator.element_handles()
        if not elements:
            await _require_open(page, path)
            raise MisfitError(f"nothing stands at {path} any more")
        element = elements[0]
        snapshot = await locator.aria_snapshot(timeout=_PATIENCE_MS)
        same = await locator.evaluate("(now, held) => now === held", element, timeout=_PATIENCE_MS)
    except Error as error:
        raise misfit(error, path) from None
    if not same:
        raise MisfitError(f"what stands at {path} was replaced while it was looked at")
    return Found(element, *role_and_name(snapshot))


def misfit(error: Error, path: str) -> Error | MisfitError:
    """What a look at `path` that failed comes to: its page may have moved on under it, which is no
    reason to give up; a page that is gone is, and stays the error it was."""
    said = str(error)
    if isinstance(error, PlaywrightTimeout):
        return MisfitError(f"nothing stands at {path} any more")
    if "closed" in said or "crash" in said:
        return error
    return MisfitError(f"{path} cannot be followed: {said.partition(chr(10))[0]}")


async def _require_open(page: Page, path: str) -> None:
    """Raises ClosedError if the path leads into what the browser shows to its own page alone."""
    for shadow in re.finditer("//", path):
        hosts = locate(page, path[: shadow.start()])
        if await hosts.evaluate_all("(hosts) => hosts.some((host) => host.shadowRoot === null)"):
            raise ClosedError(
                f"{path} is inside a closed shadow root, which no test can reach into:"
                " have the page open it, or act on its host"
            )


def role_and_name(snapshot: str) -> tuple[str | None, str | None]:
    """Of the element that Playwright's ARIA snapshot begins with; plain text has no role."""
    first = snapshot.partition("\n")[0].removeprefix("- ")
    if not first:
        return None, None  # Nothing that a screen reader would say, as of an icon.
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
