"""Repeating a decision: performed, or read again, only where it still fits."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from executor.words import fit, reading
from executor.words.fit import MisfitError, described
from executor.words.performing import perform_on_element, perform_on_page
from executor.words.shape import leaves

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

    from domain.decision import DecidedAction, Decision
    from executor.browser.variables import Variables
    from executor.words.fit import Found
    from executor.words.rest import Rest

T = TypeVar("T")

_GLANCE = 0.3
_AFTER_REST = 1.0
"""Seconds that a page at rest is given to show what is missing: some wait with timers."""

_AGAIN_MS = 50


class Replay:
    """Repeats decisions on one page.

    What does not fit yet is looked at until the page has come to rest and a moment longer, and
    while it waits for an answer as long as an exact step would: slow is not changed.
    """

    def __init__(self, page: Page, rest: Rest, variables: Variables) -> None:
        self._page = page
        self._rest = rest
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
                found = await self.find(action, seconds)
                method = action.method
                await perform_on_element(self._page, found.element, method, arguments, seconds)

    async def find(self, action: DecidedAction, seconds: float) -> Found:
        """The element at the action's path, once it has the decided role and name."""

        async def look() -> Found:
            path = action.selector or ""
            found = await fit.look(self._page, path, _GLANCE)
            if (found.role, found.name) != (action.role, action.name):
                wanted = described(action.role, action.name)
                raise MisfitError(f"at {path} stands {found}, where {wanted} was")
            return found

        return await self._patiently(look, seconds)

    async def read(self, decision: Decision, seconds: float) -> Any:
        """What stands now where the decision read its value. Raises MisfitError."""
        value: Any = decision.value
        earlier = dict(leaves(value))
        for source in decision.sources:
            before = earlier[source.field]
            look = partial(reading.read_again, self._page, source, before, _GLANCE)
            value = _with(value, source.field.split("."), await self._patiently(look, seconds))
        return value

    async def judge(self, decision: Decision, seconds: float) -> None:
        """Whether the words that proved the statement still stand there. Raises MisfitError."""
        for source in decision.sources:
            look = partial(reading.still_says, self._page, source, _GLANCE)
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
            if rested is None or self._rest.waiting:
                await self._rest.come()
                rested = time.monotonic()
            await self._page.wait_for_timeout(_AGAIN_MS)


def _with(value: Any, path: list[str], leaf: Any) -> Any:
    first, *rest = path
    if not rest:
        return {**value, first: leaf}
    return {**value, first: _with(value[first], rest, leaf)}
