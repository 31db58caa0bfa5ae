"""An OpenAI-compatible server without a model behind it, which misbehaves when told to."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
import re
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from executor.words.question import AmbiguousError, ModelError, NoSuchElementError, Question
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

Brain = Callable[[dict[str, Any]], Any]
"""From a request's body to the answer, as an object or as the text itself; may be asynchronous."""

_TREES = ("Accessibility Tree:", "DOM:")
_INSTRUCTION = re.compile(r"^instruction: ?(.*)$", re.MULTILINE | re.IGNORECASE)
_SCHEMA_IN_WORDS = re.compile(r'JSON schema "(?P<kind>\w+)":\n(?P<schema>.*)$', re.DOTALL)
_DRIBBLE_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be answered; `answer` gives what the server's brain says to it."""

    request: Request
    body: dict[str, Any]
    answer: Callable[[], Awaitable[str]]


Misbehaviour = Callable[[Call], Awaitable[Response | None]]
"""What is sent instead of an answer; None to answer all the same."""


class ModelServer:
    """On a free port, in a thread, while its context lasts; it keeps all requests in order."""

    def __init__(self, brain: Brain | None = None) -> None:
        self.brain: Brain = brain or matching
        self.calls: list[dict[str, Any]] = []  # their bodies
        self.requests: list[Request] = []
        self._misbehaviours: list[tuple[Misbehaviour, float]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        routes = [Route("/v1/chat/completions", self._complete, methods=["POST"])]
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes), log_config=None, log_level="critical", ws="none"
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="model server"
        )
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def misbehave(self, how: Misbehaviour, times: float = math.inf) -> None:
        """For the next so many requests, then as told before; those told last come first."""
        self._misbehaviours.append((how, times))

    def behave(self) -> None:
        """From now on."""
        self._misbehaviours.clear()

    def __enter__(self) -> ModelServer:
        self._thread.start()
        wait_until(lambda: self._server.started, "the model server to listen")
        return self

    def __exit__(self, *_: object) -> None:
        # By force: requests that hang would be waited for otherwise.
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    async def _complete(self, request: Request) -> Response:
        body = await request.json()
        self.calls.append(body)
        self.requests.append(request)
        call = Call(request, body, lambda: self._think(body))
        how = self._next_misbehaviour()
        try:
            response = await how(call) if how else None
            return response or completion(body, await call.answer())
        except Exception as error:  # noqa: BLE001 - whose test it is learns what broke
            return _error(500, f"the test's own server: {error!r}")

    async def _think(self, body: dict[str, Any]) -> str:
        said = self.brain(body)
        if inspect.isawaitable(said):
            said = await said
        return said if isinstance(said, str) else json.dumps(said)

    def _next_misbehaviour(self) -> Misbehaviour | None:
        if not self._misbehaviours:
            return None
        how, times = self._misbehaviours.pop()
        if times > 1:
            self._misbehaviours.append((how, times - 1))
        return how


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A server that answers what the matcher would."""
    with ModelServer() as server:
        yield server


# -- answering ------------------------------------------------------------------------------------


async def matching(body: dict[str, Any]) -> Any:
    """What the matcher answers; where it finds nothing or cannot tell, no elements, or prose."""
    from executor.matcher.matcher import Matcher  # noqa: PLC0415 - only those who ask it need it

    try:
        return (await Matcher().answer(question_in(body))).content
    except (NoSuchElementError, AmbiguousError):
        return {"elements": []}
    except ModelError as error:
        return str(error)


def question_in(body: dict[str, Any]) -> Question:
    """The question that was asked with such a request."""
    system, prompt = (message["content"] for message in body["messages"][:2])
    kind, schema = _kind_and_schema(body["response_format"], system)
    instruction = _INSTRUCTION.search(prompt)
    told = instruction[1] if instruction else ""
    return Question(kind, _as_written(told), system, prompt, _tree_in(prompt), schema)


def _kind_and_schema(form: dict[str, Any], system: str) -> tuple[Any, dict[str, Any]]:
    if form["type"] == "json_schema":
        return form["json_schema"]["name"], form["json_schema"]["schema"]
    told = _SCHEMA_IN_WORDS.search(system)
    assert told is not None, "the model is told no schema"
    return told["kind"], json.loads(told["schema"])


def _as_written(told: str) -> str:
    """The step's instruction, without what the decider says before it."""
    from executor.words import deciding  # noqa: PLC0415 - it comes with the whole driver

    for form in (deciding._ACT, deciding._VERIFY):
        told = told.removeprefix(form.partition("{instruction}")[0])
    return told


def _tree_in(prompt: str) -> str:
    for begin in _TREES:
        _, found, tree = prompt.partition(begin)
        if found:
            return tree.lstrip(" \n").rstrip()
    return ""


def completion(
    body: dict[str, Any], text: str, finish_reason: str = "stop", refusal: str | None = None
) -> Response:
    """A chat completion of this text; tokens are four characters each."""
    read = sum(len(message["content"]) for message in body["messages"]) // 4
    written = len(text) // 4
    message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal}
    return JSONResponse(
        {
            "id": "chatcmpl-0", "object": "chat.completion", "created": 0,
            "model": f"{body['model']}-2026-01-01", "system_fingerprint": "fp_0",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {
                "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written
            },
        }
    )  # fmt: skip


# -- misbehaving ----------------------------------------------------------------------------------


async def hangs(call: Call) -> Response:
    """Takes the request, and never answers."""
    await call.request.receive()  # That its client has gone: nothing else is left to come.
    return Response()


async def dribbles(call: Call) -> Response:
    """Sends one space after another, for ever."""

    async def spaces() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(_DRIBBLE_EVERY)

    return StreamingResponse(spaces(), media_type="application/json")


async def hangs_up(call: Call) -> Response:
    """Closes the connection in the middle of its answer."""
    # The server closes a connection on which less was sent than was promised.
    return StreamingResponse(iter([b"{"]), headers={"content-length": "1000"})


def says(text: str, finish_reason: str = "stop", refusal: str | None = None) -> Misbehaviour:
    """Answers this, whatever was asked."""

    async def said(call: Call) -> Response:
        return completion(call.body, text, finish_reason, refusal)

    return said


def sends(text: str, status: int = 200, content_type: str = "text/html") -> Misbehaviour:
    """Answers with what is no chat completion at all."""

    async def sent(call: Call) -> Response:
        return Response(text, status, media_type=content_type)

    return sent


garbage = says("Certainly! You should click on the blue button.")
other_shape = says('{"colour": "blue"}')
cut_off = says('{"elements": [{"elementId": "0-', finish_reason="length")


def refuses(status: int, message: str, **more: str) -> Misbehaviour:
    """Answers with an error, `more` of which is its code and whatever else is of use."""

    async def refused(call: Call) -> Response:
        return _error(status, message, **more)

    return refused


fails = refuses(500, "The server had an error while processing your request.")


def limits_the_rate(seconds: float = math.inf, retry_after: str | None = None) -> Misbehaviour:
    """Answers 429 for so many seconds from now."""
    ends = time.monotonic() + seconds

    async def limited(call: Call) -> Response | None:
        if time.monotonic() >= ends:
            return None
        response = _error(429, "Rate limit reached for requests.", code="rate_limit_exceeded")
        if retry_after is not None:
            response.headers["retry-after"] = retry_after
        return response

    return limited


def slow(seconds: float) -> Misbehaviour:
    """Answers, but not at once."""

    async def slowed(call: Call) -> None:
        await asyncio.sleep(seconds)

    return slowed


async def names_no_element(call: Call) -> Response:
    """Answers with an element that is not on the page."""
    answer = re.sub(r'"elementId": "[\d-]+"', '"elementId": "0-999999"', await call.answer())
    return completion(call.body, answer)


async def knows_no_schemas(call: Call) -> Response | None:
    """Refuses to be given a schema for the answer."""
    if call.body["response_format"]["type"] != "json_schema":
        return None
    return _error(400, "This response_format type is unavailable now")


async def knows_no_temperature(call: Call) -> Response | None:
    """Refuses to be given a temperature."""
    if "temperature" not in call.body:
        return None
    return _error(400, "Unsupported value: 'temperature' does not support 0 with this model.")


def _error(status: int, message: str, **more: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": "error", **more}}, status)
