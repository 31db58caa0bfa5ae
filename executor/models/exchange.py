"""All that is said for the sake of one answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from executor.models.dialect import in_words
from executor.words.question import Answer, ModelError

if TYPE_CHECKING:
    from executor.models.failed import FailedError
    from executor.words.question import Question

_LONGEST_SAID = 2_000
"""Characters of a wrong answer that the model is shown again: enough to see what was wrong."""


@dataclass(slots=True)
class Exchange:
    """What is asked and corrected, and what it costs."""

    question: Question
    began: float = field(default_factory=time.monotonic)
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    corrections: list[dict[str, str]] = field(default_factory=list)

    def spend(self, input_tokens: int, output_tokens: int) -> None:
        """Counts one request."""
        self.calls += 1
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens

    def correct(self, failed: FailedError) -> None:
        """Has the model told what was wrong with its answer, if it has given one."""
        if failed.correction is not None:
            text, wrong = failed.correction
            told = f"Your answer {wrong}. {in_words(self.question)}"
            # Never empty, which some servers refuse.
            self.corrections += [
                {"role": "assistant", "content": text[:_LONGEST_SAID] or "(nothing)"},
                {"role": "user", "content": told},
            ]

    def answer(self, content: Any, text: str, version: str) -> Answer:
        """The end of it."""
        return Answer(content, text, version, self.input_tokens, self.output_tokens, self.calls)

    def error(self, failed: FailedError) -> ModelError:
        """The other end of it."""
        requests = "1 request" if self.calls == 1 else f"{self.calls} requests"
        return ModelError(
            failed.trouble,
            f"{failed.message} ({requests} in {time.monotonic() - self.began:.1f} s)",
            calls=self.calls,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
        )
