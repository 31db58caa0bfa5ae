"""A language model behind an OpenAI-compatible API, asked until its answer fits or time is up."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import openai
import structlog
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import ValidationError

from executor.models.dialect import MISFIT, Dialect, in_words
from executor.models.reply import Reply, seconds_of, words_of
from executor.words.question import Answer, ModelError
from runtime.backoff import Backoff

if TYPE_CHECKING:
    from executor.models.providers import ModelAddress
    from executor.words.question import ModelTrouble, Question

logger = structlog.get_logger()

_LONGEST_QUOTE = 300
_LONGEST_GARBAGE = 200
_LONGEST_SAID = 2_000
"""Characters of a wrong answer that the model is shown again: enough to see what was wrong."""

_FENCED = re.compile(r"```(?:json)?(.*)```", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often one question may be asked. Times are seconds.

    `request` bounds one request, `deadline` all of an answer, waits included. `corrections` is how
    often a model is told that its answer is of no use. The waits are those of the back-off.
    """

    request: float = 30.0
    deadline: float = 60.0
    attempts: int = 4
    corrections: int = 2
    first_wait: float = 0.5
    longest_wait: float = 8.0


_USUAL = Limits()


class OpenAIModel:
    """One model. Connections stay open between questions, of which many may be asked at a time.

    The key is sent, and shown nowhere.
    """

    def __init__(self, address: ModelAddress, key: str | None, limits: Limits = _USUAL) -> None:
        self.name = address.shown
        self._address = address
        self._key = key
        self._limits = limits
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
        exchange = _Exchange(question)
        try:
            async with asyncio.timeout(self._limits.deadline):
                return await self._ask(exchange)
        except _FailedError as failed:
            raise exchange.error(failed) from None
        except TimeoutError:
            raise exchange.error(self._late(self._limits.deadline)) from None

    async def _ask(self, exchange: _Exchange) -> Answer:
        patience = _Patience(self._limits)
        while True:
            try:
                reply = await self._reply(exchange)
                text = self._text(reply)
                return exchange.answer(self._content(text, exchange.question), text, reply.version)
            except _FailedError as failed:
                wait = patience.wait_after(failed)
                exchange.correct(failed)
            await asyncio.sleep(wait)

    # -- asking -------------------------------------------------------------------------------

    async def _reply(self, exchange: _Exchange) -> Reply:
        """What the server says; it is spoken to more simply if it refuses how it is spoken to."""
        dialect = self._dialect
        try:
            return await self._send(exchange, dialect)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            unknown = dialect.refused_in(words_of(error.body), error.code)
            if unknown is None:
                raise self._failure(error) from None
            self._dialect = replace(self._dialect, **{unknown: False})
        except (TimeoutError, openai.OpenAIError) as error:
            raise self._failure(error) from None
        return await self._reply(exchange)

    async def _send(self, exchange: _Exchange, dialect: Dialect) -> Reply:
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
            raise self._garbage(what, came.text) from None

    # -- understanding what came --------------------------------------------------------------

    def _text(self, reply: Reply) -> str:
        """What the model has written. Raises _FailedError if it has not, or not to the end."""
        choice = reply.choices[0]
        text = choice.message.content or ""
        if choice.message.refusal or choice.finish_reason == "content_filter":
            said = self._line(choice.message.refusal or "the provider's filter withholds it")
            raise _FailedError("refused", f"the model refuses to answer: {said[:_LONGEST_QUOTE]}")
        if choice.finish_reason == "length":
            raise self._garbage("the model's answer was cut off", text, "was cut off: be briefer")
        return text

    def _content(self, text: str, question: Question) -> Any:
        """What the text holds. Raises _FailedError if that is no JSON, or does not fit."""
        try:
            content = _parsed(text)
        except (ValueError, RecursionError):  # the latter of a model that repeats a bracket
            self._dialect = replace(self._dialect, enforced=False)
            raise self._garbage("the model's answer is no JSON", text, "is no JSON") from None
        misfit = best_match(Draft202012Validator(question.schema).iter_errors(content))
        if misfit is None:
            return content
        self._dialect = replace(self._dialect, enforced=False)
        # It begins with what was found, which may be long, and ends with the reason.
        reason = self._line(misfit.message)[-_LONGEST_QUOTE:]
        wrong = f"does not fit the schema at {misfit.json_path}: {reason}"
        raise _FailedError("schema", f"the model's answer {wrong}", correction=(text, wrong))

    # -- wording what went wrong --------------------------------------------------------------

    def _failure(self, error: Exception) -> _FailedError:
        url = self._address.url
        match error:
            case TimeoutError() | openai.APITimeoutError():
                return self._late(self._limits.request)
            case openai.APIStatusError():
                return self._refusal(error)
            case _:
                cause = self._line(str(error.__cause__ or error))[:_LONGEST_QUOTE]
                return _FailedError("unreachable", f"{url} cannot be reached: {cause}")

    def _refusal(self, error: openai.APIStatusError) -> _FailedError:
        words = self._line(words_of(error.body))[:_LONGEST_QUOTE] or "no reason given"
        said = f"{self._address.url} answers {error.status_code}: {words}"
        wait = seconds_of(error.response.headers.get("retry-after", ""))
        if wait is not None:
            said += f" (it asks to wait {wait:g} s)"
        if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return _FailedError("rate_limited", said, wait=wait)
        if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _FailedError("unreachable", said, wait=wait)
        return _FailedError("garbage" if error.code == MISFIT else "refused", said)

    def _late(self, seconds: float) -> _FailedError:
        return _FailedError("timeout", f"{self._address.url} gave no answer within {seconds:g} s")

    def _garbage(self, what: str, text: str, wrong: str | None = None) -> _FailedError:
        came = self._line(text)[:_LONGEST_GARBAGE] or "nothing came"
        return _FailedError(
            "garbage", f"{what}: {came}", correction=(text, wrong) if wrong else None
        )

    def _line(self, text: str) -> str:
        """Another's words on one line, and without the key should they quote it."""
        line = " ".join(text.split())
        return line.replace(self._key, "[key]") if self._key else line


@dataclass(slots=True)
class _Exchange:
    """All that is said for the sake of one answer, and what it costs."""

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

    def correct(self, failed: _FailedError) -> None:
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

    def error(self, failed: _FailedError) -> ModelError:
        """The other end of it."""
        requests = "1 request" if self.calls == 1 else f"{self.calls} requests"
        return ModelError(
            failed.trouble,
            f"{failed.message} ({requests} in {time.monotonic() - self.began:.1f} s)",
            calls=self.calls,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
        )


class _Patience:
    """Whether it is worth asking again, and when."""

    def __init__(self, limits: Limits) -> None:
        self._deadline = time.monotonic() + limits.deadline
        self._attempts = limits.attempts
        self._corrections = limits.corrections
        self._backoff = Backoff(limits.first_wait, limits.longest_wait)

    def wait_after(self, failed: _FailedError) -> float:
        """Seconds to wait. Raises what failed if it is not worth it, or past the deadline."""
        useless = failed.trouble in ("garbage", "schema")
        self._attempts -= 1
        self._corrections -= useless
        if failed.trouble == "refused" or self._attempts < 1 or self._corrections < 0:
            raise failed
        if failed.correction is not None:
            return 0.0
        # Never at the very moment that a server has told many to come again at.
        wait = (failed.wait or 0.0) + self._backoff.next()
        if time.monotonic() + wait >= self._deadline:
            raise failed
        return wait


@dataclass(eq=False)
class _FailedError(Exception):
    """One attempt came to nothing. `correction` is an answer, and what is wrong with it."""

    trouble: ModelTrouble
    message: str
    wait: float | None = None
    correction: tuple[str, str] | None = None


def _parsed(text: str) -> Any:
    """The JSON in a model's answer, in a code fence or not. Raises ValueError if there is none."""
    try:
        return json.loads(text)
    except ValueError:
        if (fenced := _FENCED.search(text)) is None:
            raise
        return json.loads(fenced[1])
