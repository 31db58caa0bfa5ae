"""The client: finds its server, and says what to do when something is wrong."""

from __future__ import annotations

import json

import httpx
import pytest

from cli.client import Client, ClientError, Server
from cli.main import main
from cli.shown import clean


def client(answer):
    transport = httpx.MockTransport(answer)
    return Client(Server("http://proctor", "k"), transport, pause=lambda _: None)


def answering(*answers):
    left = list(answers)

    def answer(request):
        asked.append(request)
        status, body = left.pop(0)
        return httpx.Response(status, json=body, headers={"Retry-After": "0"})

    asked: list[httpx.Request] = []
    return client(answer), asked


def test_the_server_on_this_machine_is_found_in_the_data_folder(tmp_path, monkeypatch):
    for name in ("PROCTOR_URL", "PROCTOR_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PROCTOR_DATA_DIR", str(tmp_path))
    (tmp_path / "server.json").write_text(json.dumps({"url": "http://here:1", "pid": 1}))
    (tmp_path / "admin.key").write_text("proctor_x_y\n")
    assert Server.find() == Server("http://here:1", "proctor_x_y")
    monkeypatch.setenv("PROCTOR_URL", "http://there:2/")
    assert Server.find().url == "http://there:2"
    assert Server.find("http://said:3").url == "http://said:3"


def test_a_server_that_has_much_to_work_out_is_given_time():
    it, asked = answering((200, {}), (200, {}))
    it.get("/queue/status")
    it.get_slowly("/queue/simulation", 180.0)
    assert [request.extensions["timeout"]["read"] for request in asked] == [30.0, 180.0]


def test_the_key_is_sent(monkeypatch):
    it, asked = answering((200, {}))
    it.get("/x")
    assert asked[0].headers["authorization"] == "Bearer k"


def test_a_problem_becomes_one_sentence():
    it, _ = answering((422, {"title": "invalid request", "detail": "priority: too high"}))
    with pytest.raises(ClientError, match=r"^priority: too high \(HTTP 422\)$"):
        it.post("/runs", {})


def test_a_wrong_key_says_how_to_get_one():
    it, _ = answering((401, {"detail": "no"}))
    with pytest.raises(ClientError, match="set PROCTOR_KEY"):
        it.get("/runs")


def test_a_server_out_of_reach_for_a_moment_is_asked_again():
    it, asked = answering((503, {}), (429, {}), (200, {"ok": True}))
    assert it.get("/runs") == {"ok": True}
    assert len(asked) == 3


def test_a_submission_is_sent_again_only_with_its_idempotency_key():
    def broken(request):
        asked.append(request)
        raise httpx.ReadError("cut", request=request)

    asked: list[httpx.Request] = []
    with pytest.raises(ClientError, match="broke off"):
        client(broken).post("/queue/pause")
    assert len(asked) == 1
    with pytest.raises(ClientError, match="broke off"):
        client(broken).post("/batches", {}, idempotency_key="once")
    assert {request.headers.get("idempotency-key") for request in asked[1:]} == {"once"}
    assert len(asked) > 2


def test_no_server_is_one_sentence_and_status_two(capsys):
    assert main(["status", "--url", "http://127.0.0.1:9", "--key", "x"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("no Proctor server answers at http://127.0.0.1:9: start one with")
    assert len(said.splitlines()) == 1


def test_a_bad_setting_names_its_variable(capsys, monkeypatch):
    monkeypatch.setenv("PROCTOR_MAX_CONCURRENT_EXECUTIONS", "many")
    assert main(["doctor"]) == 2
    assert "PROCTOR_MAX_CONCURRENT_EXECUTIONS: Input should be a valid integer" in (
        capsys.readouterr().err
    )


def test_a_role_without_a_broker_says_what_to_set(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("PROCTOR_BROKER_URL", raising=False)
    assert main(["dispatcher", "--data-dir", str(tmp_path)]) == 2
    assert "set PROCTOR_BROKER_URL=amqp://" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\u202eb", "ab"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
        ("two\nlines", "two lines"),
    ],
)
def test_hostile_text_is_shown_as_text(hostile, shown):
    assert clean(hostile) == shown


def test_a_line_of_a_megabyte_is_cut():
    assert len(clean("x" * 1_000_000)) == 500
