"""The feed: a look when something happened, calm when nothing does, and on after every break."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest

from cli.answers import AwayError, ClientError
from cli.live.connection import Connection
from cli.live.feed import Feed
from tests.cli.fake_api import a_run, an_event, run_id
from tests.cli.live.stage import SERVER, LiveApi
from tests.support.waiting import eventually, in_loop


class Seen:
    def __init__(self):
        self.boards, self.events, self.troubles = [], [], []


@asynccontextmanager
async def fed(api, interval=0.01):
    connection, seen = Connection(SERVER, httpx.MockTransport(api)), Seen()
    feed = Feed(connection, interval, seen.boards.append, seen.events.append, seen.troubles.append)
    task = asyncio.create_task(feed.run())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await connection.close()


@in_loop
async def test_an_event_is_heard_at_once_and_is_worth_a_look():
    api = LiveApi(a_run(1))
    async with fed(api) as seen:
        await eventually(lambda: api.opened, "the stream")
        looked = len(seen.boards)
        api.stream.send(an_event(8, run_id(1), "RunStarted"))
        await eventually(lambda: len(seen.boards) > looked, "another look")
        assert [event["type"] for event in seen.events] == ["RunStarted"]
        asked = [r for r in api.requests if r.url.path.endswith("/queue/status")]
        assert asked[-1].url.params["after_position"] == "8"
        assert seen.troubles == [None]


@in_loop
async def test_a_burst_of_events_is_one_look():
    api = LiveApi(a_run(1))
    async with fed(api, interval=60) as seen:
        await eventually(lambda: api.opened, "the stream")
        api.stream.send(an_event(8, run_id(1), "RunStarted"))
        await eventually(lambda: len(seen.boards) == 2, "a look")
        api.stream.send(*[an_event(9 + n, run_id(1), "RunRequested") for n in range(500)])
        await eventually(lambda: len(seen.events) == 501, "every event")
        assert len(seen.boards) == 2


@in_loop
async def test_a_step_is_counted_before_anything_is_asked():
    api = LiveApi(a_run(1, status="running", executor="executor-1"))
    async with fed(api, interval=60) as seen:
        await eventually(lambda: api.opened, "the stream")
        api.stream.send(an_event(8, run_id(1), "RunStarted"))
        await eventually(lambda: len(seen.boards) == 2, "a look")
        step = an_event(9, run_id(1), "StepPassed", attempt=1, index=0)
        api.stream.send(step, an_event(10, run_id(1), "StepPassed", attempt=2, index=1))
        await eventually(lambda: len(seen.events) == 3, "the steps")
        assert seen.boards[-1].active[0]["steps_passed"] == 1


@in_loop
async def test_after_a_break_it_goes_on_behind_the_last_event():
    api = LiveApi(a_run(1))
    async with fed(api) as seen:
        await eventually(lambda: api.opened, "the stream")
        api.stream.send(an_event(8, run_id(1), "RunStarted"))
        await eventually(lambda: seen.events, "the event")
        api.stream.cut()
        await eventually(lambda: len(api.opened) == 2, "another stream")
        assert api.asked_after() == ["7", "8"]
        assert [bool(trouble) for trouble in seen.troubles] == [False, True, False]
        assert "broke off" in seen.troubles[1]


@in_loop
async def test_a_server_that_is_restarted_is_waited_for():
    api = LiveApi(a_run(1))
    api.refusals = [httpx.ConnectError("down")] * 7
    async with fed(api) as seen:
        await eventually(lambda: seen.boards, "the first look")
        assert "no Proctor server answers" in seen.troubles[0]
        assert seen.troubles[-1] is None


@in_loop
async def test_without_a_stream_it_looks_again_and_again():
    api = LiveApi(a_run(1))
    api.streams = [httpx.Response(404, text="<html>")] * 100
    async with fed(api) as seen:
        await eventually(lambda: len(seen.boards) > 2, "several looks")
        assert "is no Proctor server (HTTP 404)" in seen.troubles[1]


@in_loop
async def test_a_refusal_is_the_end():
    api = LiveApi()
    api.refusals = [httpx.Response(401, json={"detail": "no"})] * 5
    connection = Connection(SERVER, httpx.MockTransport(api))
    feed = Feed(connection, 0.01, *[lambda _: None] * 3)
    with pytest.raises(ClientError, match="does not know this key") as caught:
        await feed.run()
    assert not isinstance(caught.value, AwayError)
    await connection.close()


@in_loop
async def test_whoever_leaves_leaves_no_stream_behind():
    api = LiveApi()
    async with fed(api):
        await eventually(lambda: api.opened, "the stream")
    assert api.stream.closed
