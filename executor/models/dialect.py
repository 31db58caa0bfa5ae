"""How a server is spoken to: the standard's way, until it shows that it understands less."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from executor.words.question import Question

MISFIT = "json_validate_failed"
"""The code with which Groq refuses what its own model has written, where that does not fit."""

_NAMES_THE_FORMAT = re.compile(r"response.?format|schema", re.IGNORECASE)
_JSON_ONLY = (
    "Answer with one JSON object and nothing else: no explanation, no code fence."
    ' It must fit this JSON schema "{kind}":\n{schema}'
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server has turned out to understand: everything, until it shows otherwise."""

    schemas: bool = True
    """It takes a JSON schema for the answer; otherwise only that it is to be JSON."""

    temperature: bool = True
    enforced: bool = True
    """Answers fit the schema by themselves. Anthropic's server takes one and pays it no heed."""

    def refused_in(self, message: str, code: str | None) -> str | None:
        """Which of these a refusal is about, by name; None if it is about none."""
        if code == MISFIT:
            return None
        if self.schemas and _NAMES_THE_FORMAT.search(message):
            return "schemas"
        return "temperature" if self.temperature and "temperature" in message.lower() else None

    def request(self, question: Question, corrections: Sequence[dict[str, str]]) -> dict[str, Any]:
        """The body of a chat completion, the model's name aside."""
        told = not (self.schemas and self.enforced)
        system = f"{question.system}\n\n{in_words(question)}" if told else question.system
        messages = [
            {"role": "system", "content": system},
            {"role": "user", "content": question.prompt},
            *corrections,
        ]
        body = {"messages": messages, "response_format": self._format(question)}
        return body | {"temperature": 0} if self.temperature else body

    def _format(self, question: Question) -> dict[str, Any]:
        if not self.schemas:
            return {"type": "json_object"}
        schema = {"name": question.kind, "schema": dict(question.schema), "strict": True}
        return {"type": "json_schema", "json_schema": schema}


def in_words(question: Question) -> str:
    """The schema of the answer, for a model whose server does not see to it."""
    return _JSON_ONLY.format(kind=question.kind, schema=json.dumps(dict(question.schema)))
