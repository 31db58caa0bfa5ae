"""In one process that does everything, only what people command comes from somewhere."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.deployment import Deployment


def test_what_executors_record_of_a_run_comes_from_nowhere(proctor: Deployment):
    run = proctor.submit()
    proctor.wait_for_status(run["id"], "passed")
    origins = {event["type"]: event["origin"] for event in proctor.events(run["id"])}
    assert origins.pop("RunRequested") == "127.0.0.1"
    assert set(origins) >= {"RunStarted", "RunPassed"}
    assert set(origins.values()) == {None}


def test_the_first_key_is_the_deed_of_whoever_started_the_server(proctor: Deployment):
    first = proctor.get("/audit/log", what="KeyCreated")["items"][-1]
    assert (first["by"], first["origin"]) == ("first start", f"cli@{socket.gethostname()}")
    assert first["description"] == "admin, admin"
