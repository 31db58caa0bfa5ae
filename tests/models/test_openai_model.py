"""A language model is asked until its answer fits, and never for longer than allowed."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
import traceback
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from executor.models.openai_model import OpenAIModel
from executor.models.patience import Limits
from executor.models.providers import ModelAddress
from executor.words.question import ModelError, Question
from tests.support import model_server as servers
from tests.support.model_server import ModelServer
from tests.support.waiting import eventually, in_loop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from executor.words.question import Answer
    from tests.support.model_server import Misbehaviour

KEY = "sk-not-to-be-seen"
QUICK = Limits(request=2.0, deadline=10.0, first_wait=0.002, longest_wait=0.01)
IMPATIENT = replace(QUICK, request=0.2, attempts=2)
SOON = 1.0
"""Seconds that no test of a bound may exceed the bound by."""

TREE = "[1-2] main\n  [1-64] button: Buy now"
FOUND = {
    "elements": [
        {"elementId": "1-64", "description": "the button", "method": "click", "arguments": []}
    ]
}
_TEXT = {"type": "string"}
_ELEMENT = {
    "type": "object",
    "properties": {
        "elementId": {"type": "string", "pattern": r"^\d+-\d+$"},
        "description": _TEXT,
        "method": {"type": "string", "enum": ["click", "fill"]},
        "arguments": {"type": "array", "items": _TEXT},
    },
    "required": ["elementId", "description", "method", "arguments"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {"elements": {"type": "array", "items": _ELEMENT}},
    "required": ["elements"],
    "additionalProperties": False,
}
QUESTION = Question(
    kind="act",
    instruction="click Buy now",
    system="You find elements.",
    prompt=f"instruction: click Buy now\nAccessibility Tree: \n{TREE}\n",
    tree=TREE,
    schema=SCHEMA,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[ModelServer]:
    with ModelServer(lambda body: FOUND) as server:
        yield server


@pytest.fixture
def server(shared: ModelServer) -> ModelServer:
    shared.behave()
    shared.calls.clear()
    shared.requests.clear()
    return shared


@asynccontextmanager
async def model_at(
    url: str, limits: Limits = QUICK, key: str | None = KEY
) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(ModelAddress(url, "tiny", "test/tiny"), key, limits)
    try:
        yield model
    finally:
        await model.close()


async def asked(server: ModelServer, limits: Limits = QUICK) -> Answer:
    async with model_at(server.url, limits) as model:
        return await model.answer(QUESTION)


async def failure(url: str, limits: Limits = QUICK) -> ModelError:
    began = time.monotonic()
    async with model_at(url, limits) as model:
        with pytest.raises(ModelError) as failed:
            await model.answer(QUESTION)
    assert time.monotonic() - began < limits.deadline + SOON
    return failed.value


def tokens_read(server: ModelServer) -> int:
    return sum(
        sum(len(message["content"]) for message in body["messages"]) // 4 for body in server.calls
    )


# -- what is asked, and what comes back -----------------------------------------------------------


@in_loop
async def test_an_answer_says_who_gave_it_and_what_it_cost(server: ModelServer):
    answer = await asked(server)
    assert answer.content == json.loads(answer.text) == FOUND
    assert answer.version == "tiny-2026-01-01 fp_0"
    assert (answer.calls, answer.input_tokens) == (1, tokens_read(server))
    assert answer.output_tokens == len(answer.text) // 4


@in_loop
async def test_the_server_is_asked_for_the_schema_at_temperature_zero(server: ModelServer):
    await asked(server)
    body = server.calls[0]
    assert (body["model"], body["temperature"]) == ("tiny", 0)
    assert [message["content"] for message in body["messages"]] == [
        QUESTION.system,
        QUESTION.prompt,
    ]
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "act", "schema": SCHEMA, "strict": True},
    }


@in_loop
async def test_the_key_is_sent(server: ModelServer):
    await asked(server)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@in_loop
async def test_without_a_key_the_environments_is_not_sent(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_ORG_ID", "somebody-else")
    async with model_at(server.url, key=None) as model:
        await model.answer(QUESTION)
    sent = server.requests[0].headers
    assert "somebody-else" not in str(sent)


@in_loop
async def test_one_connection_serves_many_questions(server: ModelServer):
    async with model_at(server.url) as model:
        for _ in range(5):
            await model.answer(QUESTION)
    assert len({request.client for request in server.requests}) == 1


@in_loop
async def test_many_questions_are_asked_at_the_same_time(server: ModelServer):
    server.misbehave(servers.slow(0.1))
    async with model_at(server.url) as model:
        answers = await asyncio.gather(*(model.answer(QUESTION) for _ in range(20)))
    assert [answer.content for answer in answers] == [FOUND] * 20


@pytest.mark.parametrize(
    "form", ["```json\n{}\n```", "```\n{}\n```", "Here it is:\n```JSON\n{}```"]
)
def test_a_code_fence_is_taken_off(server: ModelServer, form: str):
    text = form.replace("{}", json.dumps(FOUND))
    server.misbehave(servers.says(text))
    answer = asyncio.run(asked(server))
    assert (answer.content, answer.text, answer.calls) == (FOUND, text, 1)


@in_loop
async def test_a_server_may_leave_out_all_but_the_answer(server: ModelServer):
    bare = {"choices": [{"message": {"content": json.dumps(FOUND)}}]}
    server.misbehave(servers.sends(json.dumps(bare), content_type="text/plain"))
    answer = await asked(server)
    assert answer.content == FOUND
    assert (answer.version, answer.input_tokens, answer.output_tokens) == ("", 0, 0)


@in_loop
async def test_an_element_that_does_not_exist_is_for_the_decider_to_judge(server: ModelServer):
    server.misbehave(servers.names_no_element)
    answer = await asked(server)
    assert answer.content["elements"][0]["elementId"] == "0-999999"


# -- servers that understand less -----------------------------------------------------------------


@in_loop
async def test_a_server_without_schemas_is_told_the_schema_and_that_is_remembered(
    server: ModelServer,
):
    server.misbehave(servers.knows_no_schemas)
    async with model_at(server.url) as model:
        first, second = await model.answer(QUESTION), await model.answer(QUESTION)
    assert (first.calls, second.calls) == (2, 1)
    for body in server.calls[1:]:
        assert body["response_format"] == {"type": "json_object"}
        assert json.dumps(SCHEMA) in body["messages"][0]["content"]


@in_loop
async def test_a_server_without_temperature_is_given_none_and_that_is_remembered(
    server: ModelServer,
):
    server.misbehave(servers.knows_no_temperature)
    async with model_at(server.url) as model:
        first, second = await model.answer(QUESTION), await model.answer(QUESTION)
    assert (first.calls, second.calls) == (2, 1)
    assert "temperature" not in server.calls[2]
    assert server.calls[2]["response_format"]["type"] == "json_schema"


@in_loop
async def test_a_server_without_either_is_asked_without_either(server: ModelServer):
    async def knows_neither(call: servers.Call) -> Any:
        return await servers.knows_no_schemas(call) or await servers.knows_no_temperature(call)

    server.misbehave(knows_neither)
    answer = await asked(server, replace(QUICK, attempts=1))
    assert (answer.content, answer.calls) == (FOUND, 3)


@in_loop
async def test_a_server_that_takes_no_form_at_all_is_asked_twice_and_no_more(server: ModelServer):
    server.misbehave(servers.refuses(400, "response_format: unknown parameter"))
    error = await failure(server.url)
    assert (error.trouble, error.calls) == ("refused", 2)


@in_loop
async def test_a_server_that_pays_no_heed_to_a_schema_is_told_it_from_then_on(server: ModelServer):
    server.misbehave(servers.garbage, times=1)
    async with model_at(server.url) as model:
        first, second = await model.answer(QUESTION), await model.answer(QUESTION)
    assert (first.calls, second.calls) == (2, 1)
    assert json.dumps(SCHEMA) in server.calls[2]["messages"][0]["content"]
    assert server.calls[2]["response_format"]["type"] == "json_schema"


# -- what passes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "passing",
    [
        servers.fails,
        servers.hangs_up,
        servers.limits_the_rate(),
        servers.refuses(400, "Failed to generate JSON.", code="json_validate_failed"),
        servers.sends("<h1>Bad gateway</h1>"),
    ],
)
def test_what_passes_is_waited_for(server: ModelServer, passing: Misbehaviour):
    server.misbehave(passing, times=2)
    answer = asyncio.run(asked(server))
    assert (answer.content, answer.calls) == (FOUND, 3)


@pytest.mark.parametrize("stuck", [servers.hangs, servers.dribbles])
def test_a_request_that_is_stuck_is_made_again(server: ModelServer, stuck: Misbehaviour):
    server.misbehave(stuck, times=1)
    answer = asyncio.run(asked(server, IMPATIENT))
    assert (answer.content, answer.calls) == (FOUND, 2)


@pytest.mark.parametrize(
    ("useless", "wrong"),
    [
        (servers.garbage, "is no JSON"),
        (servers.says(""), "is no JSON"),
        (servers.other_shape, "'elements' is a required property"),
        (servers.cut_off, "was cut off"),
    ],
)
def test_a_model_is_told_what_was_wrong_with_its_answer(
    server: ModelServer, useless: Misbehaviour, wrong: str
):
    server.misbehave(useless, times=2)
    answer = asyncio.run(asked(server))
    assert (answer.content, answer.calls) == (FOUND, 3)
    roles = [message["role"] for message in server.calls[2]["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    correction = server.calls[2]["messages"][-1]["content"]
    assert wrong in correction
    assert json.dumps(SCHEMA) in correction


@in_loop
async def test_tokens_of_attempts_that_failed_are_counted(server: ModelServer):
    server.misbehave(servers.other_shape, times=2)
    answer = await asked(server)
    written = 2 * (len('{"colour": "blue"}') // 4) + len(answer.text) // 4
    assert (answer.input_tokens, answer.output_tokens) == (tokens_read(server), written)


@in_loop
async def test_a_server_is_not_asked_again_before_the_time_it_asks_for(server: ModelServer):
    server.misbehave(servers.limits_the_rate(retry_after="0.15"), times=1)
    began = time.monotonic()
    answer = await asked(server)
    assert answer.calls == 2
    assert time.monotonic() - began >= 0.15


# -- what does not --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("misbehaviour", "trouble", "calls"),
    [
        (servers.fails, "unreachable", 4),
        (servers.hangs_up, "unreachable", 4),
        (servers.limits_the_rate(), "rate_limited", 4),
        (servers.limits_the_rate(retry_after="0.01"), "rate_limited", 4),
        (servers.garbage, "garbage", 3),
        (servers.says("[" * 100_000), "garbage", 3),
        (servers.cut_off, "garbage", 3),
        (servers.sends("<h1>Welcome</h1>"), "garbage", 3),
        (servers.sends('{"choices": []}', content_type="application/json"), "garbage", 3),
        (servers.other_shape, "schema", 3),
        (servers.refuses(401, "Incorrect API key provided"), "refused", 1),
        (servers.refuses(404, "The model `tiny` does not exist"), "refused", 1),
        (servers.refuses(400, "maximum context length exceeded"), "refused", 1),
        (servers.says("", refusal="I cannot help with that."), "refused", 1),
        (servers.says("", finish_reason="content_filter"), "refused", 1),
    ],
)
def test_every_misbehaviour_ends_in_its_own_error(
    server: ModelServer, misbehaviour: Misbehaviour, trouble: str, calls: int
):
    server.misbehave(misbehaviour)
    error = asyncio.run(failure(server.url))
    assert (error.trouble, error.calls, len(server.calls)) == (trouble, calls, calls)


@pytest.mark.parametrize("endless", [servers.hangs, servers.dribbles, servers.slow(60)])
def test_no_request_takes_longer_than_it_may(server: ModelServer, endless: Misbehaviour):
    server.misbehave(endless)
    error = asyncio.run(failure(server.url, IMPATIENT))
    assert (error.trouble, error.calls) == ("timeout", 2)
    assert str(error).startswith(f"{server.url} gave no answer within 0.2 s (2 requests in ")


@pytest.mark.parametrize("endless", [servers.hangs, servers.dribbles, servers.slow(60)])
def test_the_deadline_holds_whatever_the_server_does(server: ModelServer, endless: Misbehaviour):
    server.misbehave(endless)
    limits = replace(QUICK, request=60.0, deadline=0.3)
    error = asyncio.run(failure(server.url, limits))
    assert error.trouble == "timeout"
    assert str(error).startswith(f"{server.url} gave no answer within 0.3 s (1 request in ")


@in_loop
async def test_a_rate_limit_that_outlasts_the_deadline_is_not_waited_for(server: ModelServer):
    server.misbehave(servers.limits_the_rate(retry_after="120"))
    began = time.monotonic()
    error = await failure(server.url)
    assert time.monotonic() - began < SOON
    assert error.trouble == "rate_limited"
    assert "it asks to wait 120 s" in str(error)


@in_loop
async def test_a_rate_limit_that_stays_says_how_long_it_did(server: ModelServer):
    server.misbehave(servers.limits_the_rate())
    error = await failure(server.url)
    assert str(error).startswith(f"{server.url} answers 429: Rate limit reached for requests.")
    assert "(4 requests in " in str(error)


@in_loop
async def test_a_refusal_gives_status_and_reason_but_not_at_length(server: ModelServer):
    server.misbehave(servers.refuses(403, "Your plan " + "does not allow " * 100))
    error = await failure(server.url)
    assert "answers 403: Your plan does not allow" in str(error)
    assert len(str(error)) < 300 + 100


@in_loop
async def test_garbage_is_quoted_from_its_beginning(server: ModelServer):
    server.misbehave(servers.says("Well, " + "let me think " * 100))
    error = await failure(server.url)
    assert "the model's answer is no JSON: Well, let me think" in str(error)
    assert len(str(error)) < 200 + 100


@in_loop
async def test_what_does_not_fit_is_named(server: ModelServer):
    element = FOUND["elements"][0] | {"elementId": "64"}
    server.misbehave(servers.says(json.dumps({"elements": [element]})))
    error = await failure(server.url)
    assert error.trouble == "schema"
    assert r"at $.elements[0].elementId: '64' does not match" in str(error)


@in_loop
async def test_errors_count_what_was_spent(server: ModelServer):
    server.misbehave(servers.garbage)
    error = await failure(server.url)
    written = len("Certainly! You should click on the blue button.") // 4
    assert (error.input_tokens, error.output_tokens) == (tokens_read(server), 3 * written)


@in_loop
async def test_a_server_that_is_not_there_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    error = await failure(url)
    assert error.trouble == "unreachable"
    assert str(error).startswith(f"{url} cannot be reached: ")


@in_loop
async def test_a_host_without_an_address_is_named():
    error = await failure("http://nowhere.invalid/v1")
    assert error.trouble == "unreachable"
    assert "http://nowhere.invalid/v1" in str(error)


@in_loop
async def test_a_question_can_be_given_up(server: ModelServer):
    server.misbehave(servers.hangs)
    async with model_at(server.url) as model:
        asking = asyncio.create_task(model.answer(QUESTION))
        await eventually(lambda: server.calls, "the question to arrive")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


# -- what nobody may see --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "telltale",
    [
        servers.refuses(401, f"Incorrect API key provided: {KEY}."),
        servers.refuses(400, "x" * 290 + KEY),
        servers.refuses(500, f"upstream said no to Bearer {KEY}"),
        servers.says(f"Your key is {KEY}"),
        servers.says(json.dumps({"elements": [KEY]})),
        servers.says("", refusal=f"I do not like {KEY}"),
        servers.sends(f"<h1>{KEY}</h1>"),
        servers.hangs_up,
        servers.hangs,
    ],
)
def test_the_key_is_in_no_message_and_no_log(
    server: ModelServer, telltale: Misbehaviour, caplog: pytest.LogCaptureFixture
):
    server.misbehave(telltale)
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        error = asyncio.run(failure(server.url, IMPATIENT))
    seen = "".join(traceback.format_exception(error)) + repr(error) + caplog.text + str(logs)
    assert len(logs) == error.calls
    assert KEY not in seen
    assert KEY[:10] not in seen


@in_loop
async def test_the_key_is_not_in_what_a_model_looks_like(server: ModelServer):
    async with model_at(server.url) as model:
        assert KEY not in f"{model!r} {model} {model.name}"


@in_loop
async def test_each_request_leaves_a_line_in_the_log(server: ModelServer):
    with capture_logs() as logs:
        answer = await asked(server)
    (line,) = logs
    assert (line["event"], line["log_level"], line["model"]) == (
        "model.asked",
        "debug",
        "test/tiny",
    )
    assert line["tokens"] == answer.input_tokens + answer.output_tokens
    assert line["seconds"] > 0


# -- the server of the tests ----------------------------------------------------------------------


@pytest.mark.parametrize("misbehaviour", [servers.slow(0), servers.knows_no_schemas])
def test_the_server_understands_what_it_is_asked(server: ModelServer, misbehaviour: Misbehaviour):
    server.misbehave(misbehaviour)
    asyncio.run(asked(server))
    understood = servers.question_in(server.calls[-1])
    assert replace(understood, system=QUESTION.system) == QUESTION


@in_loop
async def test_the_server_answers_what_the_matcher_would():
    with ModelServer() as server:
        answer = await asked(server)
    (element,) = answer.content["elements"]
    assert (element["elementId"], element["method"]) == ("1-64", "click")


@in_loop
async def test_the_server_stops_at_once_while_requests_hang():
    with ModelServer() as server:
        server.misbehave(servers.hangs)
        async with model_at(server.url, replace(QUICK, request=60.0)) as model:
            asking = [asyncio.create_task(model.answer(QUESTION)) for _ in range(5)]
            await eventually(lambda: len(server.calls) == 5, "all questions to arrive")
            began = time.monotonic()
            server.__exit__()
            assert time.monotonic() - began < SOON
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
