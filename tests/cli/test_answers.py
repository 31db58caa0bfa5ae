"""Whatever is wrong between client and server is one sentence that says how to go on."""

from __future__ import annotations

import re
import socket
import ssl

import httpx
import pytest

from cli.client import Client, ClientError, Server
from cli.main import main
from tests.cli.fake_api import FakeApi, run_id, served
from tests.cli.test_commands import SUITE, proctor

__all__ = ["proctor"]

PAGE = "<!doctype html><title>502 Bad Gateway</title><script>alert(1)</script>" * 50
SOON = {"Retry-After": "0"}
REFUSALS = {
    "wrong key": (
        httpx.Response(401, json={"title": "no key", "detail": "send `Authorization`"}),
        "the server does not know this key: set PROCTOR_KEY to one made with `proctor keys create`",
    ),
    "wrong role": (
        httpx.Response(403, json={"detail": "this needs role admin; the key has role viewer"}),
        (
            "this needs role admin; the key has role viewer (HTTP 403):"
            " set PROCTOR_KEY to a key with a role that may"
        ),
    ),
    "conflict": (
        httpx.Response(409, json={"detail": "run 1 is passed: cannot cancel"}),
        "run 1 is passed: cannot cancel (HTTP 409)",
    ),
    "too large": (
        httpx.Response(413, json={"detail": "a body may have 5,000,000 bytes at most"}),
        "a body may have 5,000,000 bytes at most (HTTP 413)",
    ),
    "too busy": (
        httpx.Response(429, json={"detail": "too many wait"}, headers=SOON),
        "too many wait (HTTP 429): try again soon",
    ),
    "unavailable": (
        httpx.Response(503, json={"detail": "the log is out of reach"}, headers=SOON),
        "the log is out of reach (HTTP 503): {url}/health/ready says what is missing",
    ),
    "not our route": (
        httpx.Response(404, json={"title": "refused", "detail": "Not Found"}),
        (
            "{url} has no {path}: PROCTOR_URL is the server's address without a path,"
            " and client and server should be of one version"
        ),
    ),
    "a proxy's page": (
        httpx.Response(502, text=PAGE),
        (
            "something in front of Proctor answers for {url} (HTTP 502):"
            " the server behind it is down, or slow"
        ),
    ),
    "another server": (
        httpx.Response(404, text=PAGE),
        "what answers at {url} is no Proctor server (HTTP 404): check PROCTOR_URL",
    ),
    "another server's list": (
        httpx.Response(400, json=[1]),
        "what answers at {url} is no Proctor server (HTTP 400): check PROCTOR_URL",
    ),
    "a redirect": (
        httpx.Response(301, headers={"Location": "https://proctor.example/x"}),
        "{url} redirects to https://proctor.example/x: set PROCTOR_URL to that",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_a_sentence(refusal):
    answer, sentence = REFUSALS[refusal]
    api = FakeApi()
    api.refusals = [answer] * 5
    with pytest.raises(ClientError) as caught:
        api.client().get("/queue/status")
    wanted = sentence.format(url="http://proctor", path="/api/v1/queue/status")
    assert str(caught.value) == wanted


def test_without_a_key_it_says_where_one_is():
    api = FakeApi()
    api.refusals = [httpx.Response(401, json={"detail": "send `Authorization`"})]
    client = Client(Server("http://proctor", ""), httpx.MockTransport(api))
    with pytest.raises(ClientError, match=r"wants a key: set PROCTOR_KEY .*, or PROCTOR_DATA_DIR"):
        client.get("/queue/status")


@pytest.mark.parametrize(
    ("path", "listing"), [("/runs/1", "proctor runs"), ("/keys/1", "proctor keys list")]
)
def test_what_is_not_there_can_be_looked_for(path, listing):
    api = FakeApi()
    api.refusals = [httpx.Response(404, json={"detail": "there is no such"})]
    with pytest.raises(ClientError, match=rf"\(HTTP 404\): `{listing}` lists what there is"):
        api.client().get(path)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")
UNTRUSTED.verify_message = "self-signed certificate"
PLAIN = ssl.SSLError(1, "wrong version number")
PLAIN.reason = "WRONG_VERSION_NUMBER"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError("refused"), r"no Proctor server answers at .*`proctor serve`, or set"),
        (caused(httpx.ConnectError("x"), socket.gaierror(-2, "unknown")),
         "nobody here knows the name in http://proctor: correct PROCTOR_URL"),
        (caused(httpx.ConnectError("x"), UNTRUSTED),
         r"is not trusted \(self-signed certificate\): set SSL_CERT_FILE"),
        (caused(httpx.ConnectError("x"), PLAIN), r"does not speak TLS \(WRONG_VERSION_NUMBER\)"),
        (httpx.ConnectTimeout("timed out"), "cannot be reached: check PROCTOR_URL, and any fire"),
        (httpx.ReadTimeout("timed out"), "owes an answer: .* http://proctor/health/ready says"),
        (httpx.ProxyError("403 Forbidden"), r"the proxy in front of .* refuses .* NO_PROXY"),
        (httpx.ReadError(""), r"http://proctor broke off \(ReadError\): try again"),
    ],
)  # fmt: skip
def test_no_answer_is_a_sentence(error, said):
    api = FakeApi()
    api.refusals = [error] * 5
    with pytest.raises(ClientError, match=said) as caught:
        api.client().get("/queue/status")
    assert "\n" not in str(caught.value)


COMMANDS = [
    ["status"], ["active"], ["runs"], ["show", run_id(1)], ["events", run_id(1)],
    ["watch", "--once"], ["open", run_id(1), "--print"], ["decisions", "Buy one"],
    ["keys", "list"], ["keys", "create", "--role", "viewer"], ["keys", "revoke", "a/../b?c"],
    ["audit", "export", run_id(1)], ["audit", "replay"], ["audit", "checkpoints"],
    ["audit", "replay", "--from", "2026-11-23T12:00:00Z"], ["audit", "log"],
    ["audit", "simulate", "--executors", "5", "--from", "2026-11-23T12:00:00Z"],
    ["submit", "suite.yaml", "--wait"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_command_says_it_in_one_line(proctor, command, refusal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suite.yaml").write_text(SUITE)
    api = FakeApi()
    api.refusals = [REFUSALS[refusal][0]] * 5
    status, out, err = proctor(api, *command)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert not re.search(r"Traceback|<|\x1b", err)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_that_nobody_answers(capsys, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suite.yaml").write_text(SUITE)
    assert main([*command, "--url", "http://127.0.0.1:9", "--key", "k"]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("no Proctor server answers at http://127.0.0.1:9: start one")
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)


def test_a_certificate_of_nobody_is_refused(capsys, authority, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with served(FakeApi(), authority.server("localhost")) as url:
        arguments = ["status", "--key", "k", "--url", url.replace("127.0.0.1", "localhost")]
        assert main(arguments) == 2
        assert "is not trusted (unable to get local issuer certificate): set SSL_CERT_FILE" in (
            capsys.readouterr().err
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        assert main(arguments) == 0


def test_tls_where_there_is_none_says_so(capsys):
    with served(FakeApi()) as url:
        assert main(["status", "--key", "k", "--url", url.replace("http:", "https:")]) == 2
    assert re.search(
        r"https://.* does not speak TLS \([A-Z_]+\): say http://", capsys.readouterr().err
    )
