"""What models are asked for a run, held to its own budget and to that of its batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from domain.words import Budget


class BudgetError(Exception):
    """A budget is used up; the message says which, which part of it, and how to raise it."""


class Spent(NamedTuple):
    """What models were asked, and read and wrote for it."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.input_tokens + self.output_tokens

    def __add__(self, more: Spent) -> Spent:  # type: ignore[override]
        return Spent(*(one + other for one, other in zip(self, more, strict=True)))

    def __sub__(self, before: Spent) -> Spent:
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))


class Purse(Protocol):
    """What several runs spend from together, in whatever executors they are."""

    budget: Budget

    async def spent(self) -> tuple[int, int]:
        """Calls and tokens of all of them so far."""

    async def add(self, spent: Spent) -> None:
        """This run's latest."""


class Spending:
    """Counts calls and tokens. A call that is under way is not cut off when it passes a limit."""

    def __init__(self, budget: Budget, purse: Purse | None = None) -> None:
        self._budget = budget
        self._purse = purse
        self.spent = Spent()

    async def require(self) -> None:
        """Raises BudgetError if nothing is left for another call."""
        _require("the run's", self._budget, self.spent.calls, self.spent.tokens)
        if self._purse is not None:
            _require("the suite's", self._purse.budget, *await self._purse.spent())

    async def add(self, spent: Spent) -> None:
        """What one question took."""
        self.spent = self.spent + spent
        if self._purse is not None and spent.calls:
            await self._purse.add(spent)


def _require(whose: str, budget: Budget, calls: int, tokens: int) -> None:
    if calls >= budget.calls:
        raise BudgetError(
            f"{whose} budget of {budget.calls:,} model calls is used up:"
            " raise `budget: {calls: ...}`, or have the decisions replayed"
        )
    if tokens >= budget.tokens:
        raise BudgetError(
            f"{whose} budget of {budget.tokens:,} tokens is used up ({tokens:,} spent):"
            " raise `budget: {tokens: ...}`, or have the decisions replayed"
        )
