"""Repeating a decision: performed, or read again, only where it still fits."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from playwright.async_api import TimeoutError as PlaywrightTimeout

from executor.words import fit, reading
from executor.words.fit import MisfitError, described
from executor.words.performing import perform_on_element, perform_on_page
from executor.words.rest import come_to_rest, waits
from executor.words.shape import leaves

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import ElementHandle, Page

    from domain.decision import DecidedAction, Decision
    from executor.browser.variables import Variables
    from executor.words.performing import Element

T = TypeVar("T")

_GLANCE_MS = 500
_AFTER_REST = 1.0
"""Seconds that a page at rest is given to show what is missing: some wait with timers."""

_AGAIN_MS = 50


class Replay:
    """Repeats decisions on one page.

    What does not fit yet is looked at until the page has come to rest and a moment longer, and
    while it waits for an answer as long as an exact step would: slow is not changed.
    """

    def __init__(self, page: Page, variables: Variables) -> None:
        self._page = page
        self._variables = variables

    async def perform(self, decision: Decision, seconds: float) -> None:
        """Performs the decided actions, each on the element that has the decided role and name.

        Raises MisfitError if one does not come to stand there, and Playwright's errors.
        """
        for action in decision.actions:
            arguments = tuple(map(self._variables.fill_text, action.arguments))
            if action.selector is None:
                await perform_on_page(self._page, action.method, arguments, seconds)
            else:
                element = await self.find(action, seconds)
                await perform_on_element(self._page, element, action.method, arguments, seconds)

    async def find(self, action: DecidedAction, seconds: float) -> Element:
        """The element at the action's path, once it has the decided role and name.

        Usually it has, and then is found by a locator that is nothing else: whatever is done with
        it looks again, and acts in the same moment.
        """
        locator = fit.only(self._page, action)
        if locator is not None:
            with suppress(PlaywrightTimeout):
                await locator.wait_for(state="attached", timeout=_GLANCE_MS)
                return locator
        return await self._patiently(partial(self._held, action), seconds)

    async def _held(self, action: DecidedAction) -> ElementHandle:
        path = action.selector or ""
        found = await fit.look(self._page, path)
        if (found.role, found.name) != (action.role, action.name):
            wanted = described(action.role, action.name)
            raise MisfitError(f"at {path} stands {found}, where {wanted} was")
        return found.element

    async def read(self, decision: Decision, seconds: float) -> Any:
        """What stands now where the decision read its value. Raises MisfitError."""
        value: Any = decision.value
        earlier = dict(leaves(value))
        for source in decision.sources:
            before = earlier[source.field]
            look = partial(reading.read_again, self._page, source, before)
            value = _with(value, source.field.split("."), await self._patiently(look, seconds))
        return value

    async def judge(self, decision: Decision, seconds: float) -> None:
        """Whether the words that proved the statement still stand there. Raises MisfitError."""
        for source in decision.sources:
            look = partial(reading.still_says, self._page, source)
            await self._patiently(look, seconds)

    async def _patiently(self, look: Callable[[], Awaitable[T]], seconds: float) -> T:
        deadline = time.monotonic() + seconds
        rested: float | None = None
        while True:
            try:
                return await look()
            except MisfitError:
                now = time.monotonic()
                if now > deadline or (rested and now > rested + _AFTER_REST):
                    raise
            if rested is None or await waits(self._page):
                await come_to_rest(self._page)
                rested = time.monotonic()
            await self._page.wait_for_timeout(_AGAIN_MS)


def _with(value: Any, path: list[str], leaf: Any) -> Any:
    first, *rest = path
    if not rest:
        return {**value, first: leaf}
    return {**value, first: _with(value[first], rest, leaf)}
