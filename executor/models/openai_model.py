"""A language model behind an OpenAI-compatible API, asked until its answer fits or time is up."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openai
import structlog
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import ValidationError

from executor.models.dialect import Dialect
from executor.models.exchange import Exchange
from executor.models.failed import FailedError
from executor.models.patience import Limits, Patience
from executor.models.reply import Reply, words_of
from executor.models.wording import LONGEST_QUOTE, Wording

if TYPE_CHECKING:
    from executor.models.providers import ModelAddress
    from executor.words.question import Answer, Question

logger = structlog.get_logger()

_FENCED = re.compile(r"```(?:json)?(.*)```", re.DOTALL | re.IGNORECASE)
_USUAL = Limits()


class OpenAIModel:
    """One model. Connections stay open between questions, of which many may be asked at a time.

    The key is sent, and shown nowhere.
    """

    def __init__(self, address: ModelAddress, key: str | None, limits: Limits = _USUAL) -> None:
        self.name = address.shown
        self._address = address
        self._limits = limits
        self._wording = Wording(address.url, key, limits.request)
        self._dialect = Dialect()
        # Local servers need no key, but the SDK insists on one.
        self._client = openai.AsyncOpenAI(
            base_url=address.url, api_key=key or "none", timeout=limits.request, max_retries=0
        )
        # The SDK takes these from OPENAI_... in the environment, whoever the provider is.
        self._client.organization = self._client.project = None
        # Looked up here, because the SDK imports half of itself for it.
        self._completions = self._client.chat.completions.with_raw_response

    async def close(self) -> None:
        """Closes the connections; nothing can be asked afterwards."""
        await self._client.close()

    async def answer(self, question: Question) -> Answer:
        """An answer that fits the question's schema, within the limits' deadline.

        Raises ModelError, which counts what was spent all the same.
        """
        exchange = Exchange(question)
        try:
            async with asyncio.timeout(self._limits.deadline):
                return await self._ask(exchange)
        except FailedError as failed:
            raise exchange.error(failed) from None
        except TimeoutError:
            raise exchange.error(self._wording.late(self._limits.deadline)) from None

    async def _ask(self, exchange: Exchange) -> Answer:
        patience = Patience(self._limits)
        while True:
            try:
                reply = await self._reply(exchange)
                text = self._text(reply)
                return exchange.answer(self._content(text, exchange.question), text, reply.version)
            except FailedError as failed:
                wait = patience.wait_after(failed)
                exchange.correct(failed)
            await asyncio.sleep(wait)

    # -- asking -------------------------------------------------------------------------------

    async def _reply(self, exchange: Exchange) -> Reply:
        """What the server says; it is spoken to more simply if it refuses how it is spoken to."""
        dialect = self._dialect
        try:
            return await self._send(exchange, dialect)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            unknown = dialect.refused_in(words_of(error.body), error.code)
            if unknown is None:
                raise self._wording.failure(error) from None
            self._dialect = replace(self._dialect, **{unknown: False})
        except (TimeoutError, openai.OpenAIError) as error:
            raise self._wording.failure(error) from None
        return await self._reply(exchange)

    async def _send(self, exchange: Exchange, dialect: Dialect) -> Reply:
        began = time.monotonic()
        spent = (0, 0)
        try:
            reply = await self._request(dialect.request(exchange.question, exchange.corrections))
            spent = reply.tokens
            return reply
        finally:
            exchange.spend(*spent)
            seconds = round(time.monotonic() - began, 3)
            logger.debug("model.asked", model=self.name, seconds=seconds, tokens=sum(spent))

    async def _request(self, body: dict[str, Any]) -> Reply:
        # The SDK's own timeout is for each read: a server that dribbles would never meet it.
        async with asyncio.timeout(self._limits.request):
            came = await self._completions.create(model=self._address.model, **body)
        try:
            return Reply.model_validate_json(came.text)
        except ValidationError:
            what = f"{self._address.url} sent no chat completion"
            raise self._wording.garbage(what, came.text) from None

    # -- understanding what came --------------------------------------------------------------

    def _text(self, reply: Reply) -> str:
        """What the model has written. Raises FailedError if it has not, or not to the end."""
        choice = reply.choices[0]
        text = choice.message.content or ""
        if choice.message.refusal or choice.finish_reason == "content_filter":
            said = self._wording.line(
                choice.message.refusal or "the provider's filter withholds it"
            )
            raise FailedError("refused", f"the model refuses to answer: {said[:LONGEST_QUOTE]}")
        if choice.finish_reason == "length":
            raise self._wording.garbage(
                "the model's answer was cut off", text, "was cut off: be briefer"
            )
        return text

    def _content(self, text: str, question: Question) -> Any:
        """What the text holds. Raises FailedError if that is no JSON, or does not fit."""
        try:
            content = _parsed(text)
        except (ValueError, RecursionError):  # the latter of a model that repeats a bracket
            self._dialect = replace(self._dialect, enforced=False)
            raise self._wording.garbage(
                "the model's answer is no JSON", text, "is no JSON"
            ) from None
        misfit = best_match(Draft202012Validator(question.schema).iter_errors(content))
        if misfit is None:
            return content
        self._dialect = replace(self._dialect, enforced=False)
        # It begins with what was found, which may be long, and ends with the reason.
        reason = self._wording.line(misfit.message)[-LONGEST_QUOTE:]
        wrong = f"does not fit the schema at {misfit.json_path}: {reason}"
        raise FailedError("schema", f"the model's answer {wrong}", correction=(text, wrong))


def _parsed(text: str) -> Any:
    """The JSON in a model's answer, in a code fence or not. Raises ValueError if there is none."""
    try:
        return json.loads(text)
    except ValueError:
        if (fenced := _FENCED.search(text)) is None:
            raise
        return json.loads(fenced[1])
