"""Checkpoints are carried elsewhere: every one, in order, again where it may not have come."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from domain.checkpoint import Checkpoint
from projections.ledger.herald import CheckpointFile, DeliveryError, Herald, Webhook
from runtime.database import connect
from tests.support.ports import free_port


@pytest.fixture
def three(kept):
    for _ in range(3):
        kept.happen(2)
        kept.seal()
    return kept


def deliver(kept, destination):
    with connect(kept.url, "test") as connection:
        Herald(kept.url, [destination]).bring_up_to_date(connection, destination)


def test_a_file_gets_a_line_for_each_once(three, tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    deliver(three, CheckpointFile(file))
    three.happen(1)
    three.seal()
    deliver(three, CheckpointFile(file))
    written = [Checkpoint.model_validate_json(line) for line in file.read_text().splitlines()]
    assert written == three.checkpoints()
    assert [checkpoint.number for checkpoint in written] == [1, 2, 3, 4]


class Hook(HTTPServer):
    """Takes what it is sent; answers 500 to the second request."""

    def __init__(self):
        self.got = []
        self.fails = {2}
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append(json.loads(body)["number"])
                self.send_response(500 if len(hook.got) in hook.fails else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)


def test_a_webhook_that_fails_is_sent_the_same_again(three):
    hook = Hook()
    thread = threading.Thread(target=hook.serve_forever, args=(0.05,))
    thread.start()
    try:
        to = Webhook(f"http://127.0.0.1:{hook.server_port}/")
        with pytest.raises(DeliveryError, match="answered 500"):
            deliver(three, to)
        deliver(three, to)
    finally:
        hook.shutdown()
        thread.join()
        hook.server_close()
    assert hook.got == [1, 2, 2, 3]


@pytest.mark.parametrize("place", ["nowhere", "folder"])
def test_what_cannot_be_delivered_is_said(three, tmp_path, place):
    if place == "nowhere":
        to, said = Webhook(f"http://127.0.0.1:{free_port()}/"), "refused"
    else:
        to, said = CheckpointFile(tmp_path), "directory"
    with pytest.raises(DeliveryError, match=said):
        deliver(three, to)
