"""A client generated from the OpenAPI document works on a live server."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.waiting import wait_until

BIN = Path(sys.executable).parent
CONFIG = {
    "package_name_override": "proctor_client",
    # A line of JSON a frame: OpenAPI has no word for it, so its text is what a client gets.
    "content_type_overrides": {
        "application/x-ndjson": "text/plain",
        "image/jpeg": "application/octet-stream",
    },
}


@pytest.fixture
def library(proctor, tmp_path, monkeypatch):
    """The generated package, imported."""
    (tmp_path / "openapi.json").write_text(
        proctor.http.get(f"{proctor.url}/openapi.json").raise_for_status().text
    )
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    answer = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none",
         "--path", tmp_path / "openapi.json", "--config", tmp_path / "config.json",
         "--output-path", tmp_path / "proctor_client", "--fail-on-warning"],
        env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, ""), answer.stdout
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("proctor_client")
    for name in [name for name in sys.modules if name.split(".")[0] == "proctor_client"]:
        del sys.modules[name]


def call(operation):
    """The generated function: `runs.submit_run` is in a module of that name."""
    return importlib.import_module(f"proctor_client.api.{operation}").sync


def test_a_run_is_submitted_and_read_back(library, proctor, shop):
    models = importlib.import_module("proctor_client.models")
    fails = models.Step(expect=models.Expect(text="xyzzy"), timeout=0.2)
    steps = [models.Step(goto="/"), fails]
    with library.AuthenticatedClient(base_url=proctor.url, token=proctor.key) as client:
        wanted = models.Definition(name="From a library", base_url=shop, priority=2, steps=steps)
        accepted = call("runs.submit_run")(client=client, body=wanted)
        assert (accepted.name, accepted.status, accepted.priority) == (wanted.name, "queued", 2)

        show = call("runs.show_run")
        wait_until(
            lambda: show(accepted.id, client=client).status not in {"queued", "running"},
            "the verdict", 30,
        )  # fmt: skip
        run = show(accepted.id, client=client)
        assert (run.status, run.error.kind, run.error.step) == ("failed", "expectation", 1)

        events = call("runs.run_events")(accepted.id, client=client).items
        assert [events[0].type_, events[-1].type_] == ["RunRequested", "RunFailed"]
        files = call("artifacts.list_artifacts")(accepted.id, client=client).items
        screenshot = next(file for file in files if file.kind == "screenshot")
        content = call("artifacts.fetch_artifact")(accepted.id, screenshot.name, client=client)
        assert content.payload.read(4) == b"\x89PNG"
        assert call("queue.queue_status")(client=client).max_concurrent == 5
        assert call("queue.queue_statistics")(client=client).total.failed >= 1


def test_errors_come_as_problems(library, proctor):
    missing = UUID(int=0)
    with library.AuthenticatedClient(base_url=proctor.url, token=proctor.key) as client:
        problem = call("runs.show_run")(missing, client=client)
        assert (problem.status, problem.title) == (404, "not found")
    with library.AuthenticatedClient(base_url=proctor.url, token="nobody's") as client:
        assert call("runs.list_runs")(client=client).status == 401
    with library.Client(base_url=proctor.url) as client:
        assert call("health.is_ready")(client=client).status == "ok"
