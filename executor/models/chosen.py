"""The model that the settings name."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from executor.matcher.matcher import Matcher
from runtime.settings import MATCHER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from executor.words.question import Model
    from runtime.settings import Settings


@asynccontextmanager
async def model_of(settings: Settings) -> AsyncIterator[Model]:
    """The matcher, or a language model behind an OpenAI-compatible API, closed at the end.

    Raises ProctorError if the settings name none that there is.
    """
    if settings.model == MATCHER:
        yield Matcher()
        return
    # Here, because its SDK takes half a second to import, and the matcher needs none of it.
    from executor.models.openai_model import OpenAIModel  # noqa: PLC0415
    from executor.models.patience import Limits  # noqa: PLC0415
    from executor.models.providers import parse  # noqa: PLC0415

    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    # Before the step's own time is over, so that its message says what the model did.
    limits = Limits(deadline=settings.words_timeout * 0.8)
    model = OpenAIModel(parse(settings.model, settings.model_url, key), key, limits)
    try:
        yield model
    finally:
        await model.close()
