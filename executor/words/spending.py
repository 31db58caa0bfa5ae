"""What models were asked for one run, held to its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from domain.words import Budget


class BudgetError(Exception):
    """The budget is used up; the message says which part of it, and how to raise it."""


class Spent(NamedTuple):
    """What models were asked, and read and wrote for it."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.input_tokens + self.output_tokens

    def __sub__(self, before: Spent) -> Spent:
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))


class Spending:
    """Counts calls and tokens. A call that is under way is not cut off when it passes the limit."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.spent = Spent()

    def require(self) -> None:
        """Raises BudgetError if nothing is left for another call."""
        if self.spent.calls >= self._budget.calls:
            raise BudgetError(
                f"the run's budget of {self._budget.calls} model calls is used up:"
                " raise `budget: {calls: ...}`, or have the decisions replayed"
            )
        if self.spent.tokens >= self._budget.tokens:
            raise BudgetError(
                f"the run's budget of {self._budget.tokens:,} tokens is used up"
                f" ({self.spent.tokens:,} spent): raise `budget: {{tokens: ...}}`,"
                " or have the decisions replayed"
            )

    def add(self, calls: int, input_tokens: int, output_tokens: int) -> None:
        """What one question took."""
        before = self.spent
        self.spent = Spent(
            before.calls + calls,
            before.input_tokens + input_tokens,
            before.output_tokens + output_tokens,
        )
