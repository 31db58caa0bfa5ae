"""What a step in words came to: the decision, kept as evidence and fit to be repeated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from domain.values import Frozen

Method = Literal[
    "click", "double_click", "right_click", "fill", "press", "select", "check", "uncheck", "hover",
    "scroll", "drag", "back", "forward", "reload",
]  # fmt: skip
Made = Literal["model", "matcher", "replayed", "healed"]
"""How this run came by it: `replayed` from an earlier run; `healed`, decided anew because that one
no longer fitted."""


class DecidedAction(Frozen):
    """One action on one element; `selector` is its path from the document, through frames and
    shadow roots, `role` and `name` are what stood there when it was decided.

    Arguments hold `${name}` where a variable or secret was meant, never its value. Without a
    selector the action is on the page as a whole.
    """

    method: Method
    selector: str | None = None
    role: str | None = None
    name: str | None = None
    arguments: tuple[str, ...] = ()


class Source(Frozen):
    """Where on the page something was read: the element's text is `before`, the value, `after`.

    `field` is the extracted value's name; empty for the words that prove a statement, which are
    `quote`.
    """

    field: str
    selector: str
    before: str = ""
    after: str = ""
    quote: str | None = None


class Decision(Frozen):
    """What a step in words came to.

    `instruction` is as the suite writes it, `bound` the same with the values of those variables
    that the decision holds for alone, None if it holds for any. `value` is what was extracted;
    `holds` and `reason` are about a statement to verify. `by` is the model that decided, now or in
    an earlier run, and `version` what it called itself; `calls` and tokens were spent in this step,
    `seconds` taken. `page` is a fingerprint of the page's accessibility tree at the time.
    """

    instruction: str
    made: Made
    bound: str | None = None
    actions: tuple[DecidedAction, ...] = ()
    sources: tuple[Source, ...] = ()
    value: JsonValue = None
    holds: bool | None = None
    reason: str | None = None
    by: str | None = None
    version: str | None = None
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    page: str | None = None


class KnownDecision(Frozen):
    """A decision of an earlier run that passed, for the step of this index; `version` counts the
    decisions that this step of the test has had."""

    step: Annotated[int, Field(ge=0)]
    version: int
    decision: Decision


def replayable(decision: Decision) -> bool:
    """Whether it can be repeated without a model: everything it read was found on the page in so
    many words, or it says what to act on. A list may have grown since, so it is read anew."""
    if decision.value is not None:
        return len(decision.sources) == _scalars(decision.value)
    if decision.holds is not None:
        return decision.holds and bool(decision.sources)
    return bool(decision.actions)


def _scalars(value: JsonValue) -> float:
    if isinstance(value, list):
        return float("inf")
    if isinstance(value, dict):
        return sum(_scalars(inner) for inner in value.values())
    return 1
