"""Asking a model about a page through Stagehand, with everything kept that was said."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from executor.words.question import ModelError, Question
from executor.words.spending import Spent

if TYPE_CHECKING:
    from playwright.async_api import Page
    from stagehand import Action

    from executor.browser.masking import Mask
    from executor.words.question import Answer, Kind, Model
    from executor.words.session import Session, Shown
    from executor.words.spending import Spending

M = TypeVar("M", bound=BaseModel)

_ID = re.compile(r"\[\d+-\d+\] ?")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and its answer; `seconds` lie between, Stagehand's part included."""

    question: Question
    answer: Answer
    seconds: float

    @property
    def fingerprint(self) -> str:
        """Of the page's tree, without the ids that change with every page load."""
        return hashlib.sha256(_ID.sub("", self.question.tree).encode()).hexdigest()[:16]


class Asking:
    """One run's questions. Secrets leave the page's text before anybody is shown it."""

    def __init__(self, session: Session, model: Model, mask: Mask, spending: Spending) -> None:
        self._session = session
        self._model = model
        self._mask = mask
        self._spending = spending
        self.last: tuple[Question, Answer | None] | None = None
        """What was asked last, with the answer if there was one."""

    def take_last(self) -> tuple[Question, Answer | None] | None:
        """What was asked since this was called before."""
        last, self.last = self.last, None
        return last

    @property
    def model(self) -> str:
        """Who answers, as in the setting."""
        return self._model.name

    async def find(
        self, page: Page, kind: Kind, instruction: str, told: str
    ) -> tuple[list[Action], Asked]:
        """The elements decided on. `told` is the instruction with what Stagehand should add to it.

        Raises ModelError, BudgetError, NoSuchElementError, AmbiguousError, Stagehand's errors.
        """
        began = time.monotonic()
        found = await self._session.find(
            page, told, lambda shown: self._answer(kind, instruction, shown)
        )
        return found, self._asked(began)

    async def read(
        self, page: Page, kind: Kind, instruction: str, told: str, shape: type[M]
    ) -> tuple[M, Asked]:
        """What was read, in a shape. Raises as `find` does."""
        began = time.monotonic()
        read = await self._session.read(
            page, told, shape, lambda shown: self._answer(kind, instruction, shown)
        )
        return read, self._asked(began)

    async def _answer(self, kind: Kind, instruction: str, shown: Shown) -> Any:
        await self._spending.require()
        question = Question(
            kind,
            instruction,
            self._mask.text(shown.system),
            self._mask.text(shown.prompt),
            self._mask.text(shown.tree),
            shown.schema,
        )
        self.last = (question, None)
        try:
            answer = await self._model.answer(question)
        except ModelError as error:
            await self._spending.add(Spent(error.calls, error.input_tokens, error.output_tokens))
            raise
        await self._spending.add(Spent(answer.calls, answer.input_tokens, answer.output_tokens))
        self.last = (question, answer)
        return answer.content

    def _asked(self, began: float) -> Asked:
        question, answer = self.last or (None, None)
        if question is None or answer is None:
            raise RuntimeError("Stagehand answered without asking")
        return Asked(question, answer, time.monotonic() - began)
