"""The client and a server that is away, busy, or not Proctor at all."""

from __future__ import annotations

import httpx
import pytest

from cli.client import AwayError, ClientError, Server
from tests.cli.fake_api import FakeApi


def refused() -> httpx.ConnectError:
    return httpx.ConnectError("refused")


def test_a_server_that_was_never_there_is_said_at_once():
    api = FakeApi()
    api.refusals = [refused()]
    with pytest.raises(AwayError, match="start one with `proctor serve`, or set PROCTOR_URL"):
        api.client().get("/queue/status")
    assert api.pauses == []


def test_a_server_that_was_there_is_waited_for():
    api = FakeApi()
    client = api.client()
    client.get("/queue/status")
    api.refusals = [refused(), refused()]
    assert client.get("/queue/status")["position"] == 7
    assert api.pauses == [0.2, 0.4]


def test_a_change_without_a_key_of_its_own_is_never_sent_twice():
    api = FakeApi()
    client = api.client()
    client.get("/queue/status")
    api.refusals = [httpx.ReadError("cut")]
    with pytest.raises(AwayError, match="broke off"):
        client.post("/queue/clear")
    assert api.asked["POST /queue/clear"] == 1


@pytest.mark.parametrize(
    ("asked", "paused"),
    [("0", 0), ("3", 3), ("3600", 30), ("-1", 1), ("nan", 1), ("", 1),
     ("Wed, 21 Oct 2026 07:28:00 GMT", 1)],
)  # fmt: skip
@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_asked_for_is_kept_within_reason(status, asked, paused):
    api = FakeApi()
    api.refusals = [httpx.Response(status, headers={"Retry-After": asked})]
    api.client().get("/queue/status")
    assert api.pauses == [paused]


def test_patience_ends():
    api = FakeApi()
    api.refusals = [httpx.Response(503, json={"detail": "the log is out of reach"})] * 9
    with pytest.raises(AwayError, match=r"^the log is out of reach \(HTTP 503\): "):
        api.client().get("/queue/status")
    assert api.asked["GET /queue/status"] == 5


@pytest.mark.parametrize("text", ["<html>", "[1]", "7", "{"])
def test_something_else_at_the_address_is_recognised(text):
    api = FakeApi()
    api.refusals = [httpx.Response(200, text=text)]
    with pytest.raises(ClientError, match="at http://proctor is no Proctor server: check"):
        api.client().get("/queue/status")


@pytest.mark.parametrize(
    "url", ["proctor", "ftp://proctor", "127.0.0.1:8000", "http://", "http://x:99999", "http://["]
)
def test_an_address_needs_its_scheme(url):
    with pytest.raises(ClientError, match="is no address of a server, as http://127"):
        Server.find(url, "k")


@pytest.mark.parametrize(
    "url",
    ["http://ann:secret@proctor", "ann:secret@proctor:8000", "http://ann:secret@[", "//x:secret@y"],
)
def test_an_address_holds_no_password(url):
    with pytest.raises(ClientError, match="set PROCTOR_KEY instead") as caught:
        Server.find(url, "k")
    assert "secret" not in str(caught.value)


def test_silence_is_borne_twice_and_no_longer():
    api = FakeApi()
    api.refusals = [httpx.ReadTimeout("timed out")] * 9
    with pytest.raises(AwayError, match="owes an answer"):
        api.client().get("/queue/status")
    assert api.asked["GET /queue/status"] == 2


@pytest.mark.parametrize("key", ["k\u00e9y", "two words", "two\nlines"])
def test_what_cannot_be_a_key_is_refused_and_not_repeated(key):
    with pytest.raises(ClientError, match="cannot be a key") as caught:
        Server.find("http://proctor", key)
    assert key not in str(caught.value)


def test_pages_are_read_until_there_is_enough():
    api = FakeApi()
    pages = [([1, 2], "c1"), ([3], "c2"), ([4], None)]
    api.refusals = [httpx.Response(200, json={"items": i, "next": n}) for i, n in pages]
    assert api.client().page("/runs", 3) == {"items": [1, 2, 3], "next": "c2"}
    assert [dict(request.url.params) for request in api.requests] == [
        {"limit": "3"}, {"limit": "1", "cursor": "c1"},
    ]  # fmt: skip
