"""What is asked of a model about a page, what it answers, and how it may fail to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["act", "observe", "extract", "verify"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one page, with all that a model may know.

    `instruction` is the step's, with `%name%` where a variable or secret stands: their values are
    not in it. `tree` is the page's accessibility tree as Stagehand writes it, a line an element,
    `[1-64] button: Buy now`, indented by depth; it is part of `prompt` too. `schema` is the JSON
    schema that the answer must fit.
    """

    kind: Kind
    instruction: str
    system: str
    prompt: str
    tree: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `content` fits the question's schema, `text` is it as it was written.

    `version` is what the model calls itself, `calls` how many requests it took, failed ones
    included.
    """

    content: Any
    text: str
    version: str
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 1


ModelTrouble = Literal[
    "unreachable", "timeout", "rate_limited", "refused", "garbage", "schema", "needs_model"
]


class ModelError(Exception):
    """There is no answer that could be used; the message is for the author of the test.

    `calls` and the tokens are what was spent all the same.
    """

    def __init__(
        self,
        trouble: ModelTrouble,
        message: str,
        *,
        calls: int = 0,
        input_tokens: int = 0,
        output_tokens: int = 0,
    ) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.calls = calls
        self.input_tokens = input_tokens
        self.output_tokens = output_tokens


class NoSuchElementError(Exception):
    """Nothing on the page is what the instruction names; the message lists what is there."""


class AmbiguousError(Exception):
    """Several elements fit equally well; the message says which."""


class Model(Protocol):
    """Whoever answers: a language model, or the matcher."""

    name: str
    """As in the setting `PROCTOR_MODEL`."""

    async def answer(self, question: Question) -> Answer:
        """An answer that fits the question's schema.

        Raises ModelError; the matcher also NoSuchElementError and AmbiguousError.
        """
