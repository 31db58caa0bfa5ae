"""Who decides a run in words, and who decided it."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from executor.models.openai_model import OpenAIModel
from executor.models.patience import Limits
from executor.models.providers import parse

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from executor.words.question import Answer, Model, Question
    from tests.executor.stage import Seen
    from tests.support.model_server import ModelServer


def made(seen: Seen) -> Counter[str]:
    """How the steps in words came to be decided, with how many of them did."""
    return Counter(decision.made for decision in seen.decisions)


def nobody() -> Model:
    """A model that must not be asked."""

    class Nobody:
        name = "nobody"

        async def answer(self, question: Question) -> Answer:
            raise AssertionError(f"a model was asked: {question.instruction}")

    return Nobody()


@contextmanager
def asking(server: ModelServer, runner: asyncio.Runner) -> Iterator[Any]:
    """The model behind a server of the tests."""
    model = OpenAIModel(parse("test/model", server.url, "key"), "key", Limits())
    try:
        yield model
    finally:
        runner.run(model.close())
