"""From what went wrong with a step in words to a kind and a sentence."""

from __future__ import annotations

from executor.words.deciding import ChangedError
from executor.words.fit import ClosedError, MisfitError
from executor.words.guard import OtherHostError
from executor.words.question import AmbiguousError, ModelError, NoSuchElementError
from executor.words.spending import BudgetError
from executor.words.words import DecisionError, StatementError

_KINDS: dict[type[Exception], str] = {
    ModelError: "model",
    BudgetError: "budget",
    NoSuchElementError: "target",
    AmbiguousError: "target",
    ChangedError: "changed",
    MisfitError: "changed",
    ClosedError: "target",
    DecisionError: "decision",
    StatementError: "verification",
    OtherHostError: "host",
}
ERRORED = {"model", "budget", "stagehand"}
"""Kinds that are not the test's doing: the run is errored, not failed."""

_LONGEST = 2_000


def explain(error: Exception) -> tuple[str, str] | None:
    """The kind of the failure and what happened; None for what is no matter of words."""
    kind = _KINDS.get(type(error))
    if kind is None and type(error).__module__.startswith("stagehand"):
        kind = "stagehand"
    return None if kind is None else (kind, str(error)[:_LONGEST])
