"""The live stream is read rightly however the network cuts it, and whatever a page put into it."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.client import AwayError
from cli.event_stream import EventStream
from cli.follow import follow
from tests.cli.fake_api import FakeApi, a_run, an_event, run_id, streamed

HOSTILE = "one\u2028two\u2029three\x85four\x0bfive\x1csix\r\nseven"


def block(event):
    return f"id: 8\nevent: StepPassed\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def read(*pieces):
    stream = EventStream()
    found = [event for piece in pieces for event in stream.feed(piece)]
    stream.end()
    return [event for event in found if event is not None]


@given(st.lists(st.integers(0, 400), max_size=8))
def test_events_are_whole_wherever_the_stream_is_cut(cuts):
    events = [{"message": HOSTILE}, {"message": "ä𝄞"}]
    whole = b": connected\n\n" + b"".join(map(block, events))
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in pairwise(places)]
    assert read(*pieces) == events


def test_a_line_of_a_megabyte_is_one_event():
    event = {"message": "x" * 1_000_000}
    sent = block(event)
    assert read(*(sent[at : at + 4096] for at in range(0, len(sent), 4096))) == [event]


def test_a_sign_of_life_is_none():
    assert list(EventStream().feed(b": still here\n\n")) == [None, None]


def test_half_an_event_is_a_break():
    with pytest.raises(AwayError, match="broke off"):
        read(b'data: {"position": 8, "ru')


def test_a_page_that_writes_line_separators_is_followed_all_the_same():
    api = FakeApi(a_run(1))
    failed = an_event(8, run_id(1), "AttemptFailed", error={"message": HOSTILE})
    answer = streamed()
    api.streams = [type(answer)(200, content=answer.content + block(failed))]
    assert [run["status"] for run in follow(api.client(), [a_run(1)], 7)] == ["passed"]
    streams = [request for request in api.requests if request.url.path.endswith("/stream")]
    assert [request.headers["Last-Event-ID"] for request in streams] == ["7", "8"]
