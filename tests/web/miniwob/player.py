"""Tries the package's tasks one after the other, each step decided by the matcher."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.async_api import Error

from domain.steps import Step
from domain.words import Budget
from executor.browser.masking import Mask
from executor.browser.variables import Variables
from executor.gate.gate import Gate
from executor.gate.policy import Policy
from executor.matcher.matcher import Matcher
from executor.words.asking import Asking
from executor.words.chromiums import Chromiums
from executor.words.deciding import Decider
from executor.words.fit import MisfitError
from executor.words.question import AmbiguousError, ModelError, NoSuchElementError
from executor.words.spending import Spending
from executor.words.words import Words
from tests.web.miniwob.instructions import told, utterance_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from executor.browser.settings import BrowserSettings
    from executor.words.chromiums import Understood
    from tests.web.miniwob.instructions import Told

_PATIENCE = 2.0
"""Seconds for what a step names to appear."""

_REWARD = "() => WOB_DONE_GLOBAL ? WOB_RAW_REWARD_GLOBAL : null"
_FAILURES = (NoSuchElementError, AmbiguousError, ModelError, MisfitError, Error)


@dataclass(frozen=True, slots=True)
class Tried:
    """One task that was tried; without `told` no plain instruction says it.

    `reward` is the page's own word on it, None if the task is not over; `trouble` is what a step
    ran into.
    """

    task: str
    seed: int
    utterance: str
    told: Told | None = None
    reward: float | None = None
    trouble: str = ""

    @property
    def solved(self) -> bool:
        """Whether the page gives the full reward."""
        return self.reward == 1


class Player:
    """Plays in one browser: a task leaves nothing behind that the next page load does not end."""

    def __init__(self, url: str, understood: Understood) -> None:
        self._url = url
        self._page = understood.page
        self._session = understood.session

    async def play(self, task: str, seed: int = 1) -> Tried:
        """Starts the task and does what it says, as far as a plain instruction can."""
        await self._page.goto(f"{self._url}/miniwob/{task}.html?seed={seed}")
        await self._page.click("#sync-task-cover")
        utterance = utterance_of(await self._page.evaluate("core.getUtterance()"))
        plan = told(utterance)
        if plan is None:
            return Tried(task, seed, utterance)
        trouble = await self._do(plan)
        return Tried(task, seed, utterance, plan, await self._page.evaluate(_REWARD), trouble)

    async def _do(self, plan: Told) -> str:
        words = self._words()
        for index, step in enumerate(plan.steps):
            try:
                await words.do(index, Step.model_validate(step), _PATIENCE)
            except _FAILURES as failure:
                return f"{step}: {failure}"
        return ""

    def _words(self) -> Words:
        asking = Asking(self._session, Matcher(), Mask({}), Spending(Budget()))
        variables, decider = Variables({}, {}), Decider(asking)
        return Words(self._page, variables, {}, mode="decide", decider=decider, misfits={})


@asynccontextmanager
async def playing(url: str, settings: BrowserSettings) -> AsyncIterator[Player]:
    """A player on the tasks at a URL, with a browser of its own. Raises BrowserMissingError."""
    async with Gate() as gate, Chromiums(settings, gate) as chromiums:
        with gate.open(Policy()):
            yield Player(url, await chromiums.take())
