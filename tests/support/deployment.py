"""Real deployments in processes of their own: everything in one, or one a role."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROCTOR = Path(sys.executable).parent / "proctor"
ROOT = Path(__file__).parents[2]
OVER = {"passed", "failed", "errored", "timed_out", "cancelled"}
START = 60.0


@dataclass
class Deployment:
    """A running Proctor and a client for it."""

    url: str
    key: str
    data_dir: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        self.http = httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=20)

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.http.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.status_code in {200, 201, 202}, answer.text
        return answer.json()

    def submit(self, *steps: dict[str, Any], **said: Any) -> dict[str, Any]:
        return self.post("/runs", {"name": "run", "steps": list(steps)} | said)

    def batch(self, *definitions: dict[str, Any]) -> list[dict[str, Any]]:
        return self.post("/batches", {"runs": list(definitions)})["runs"]

    def run(self, run_id: str) -> dict[str, Any]:
        return self.get(f"/runs/{run_id}")

    def events(self, run_id: str) -> list[dict[str, Any]]:
        return self.get(f"/runs/{run_id}/events")["items"]

    def wait_for_status(self, run_id: str, *statuses: str, timeout: float = 30) -> dict[str, Any]:
        wanted = set(statuses) or OVER
        wait_until(
            lambda: self.run(run_id)["status"] in wanted,
            f"run {run_id} to be {' or '.join(sorted(wanted))}",
            timeout,
        )
        return self.run(run_id)

    def wait_until_all_over(self, timeout: float = 60) -> None:
        def over() -> bool:
            status = self.get("/queue/status")
            return status["queued"] == status["active"] == 0

        wait_until(over, "every run to have a verdict", timeout)


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROCTOR_")}
    return kept | {"PROCTOR_DATA_DIR": str(data_dir)} | settings


@contextmanager
def process(
    command: list[str | Path], log: Path, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        started = subprocess.Popen(command, stdout=output, stderr=output, env=env, cwd=ROOT)
    try:
        yield started
    finally:
        end(started)


def end(started: subprocess.Popen[bytes]) -> None:
    if started.poll() is None:
        started.send_signal(signal.SIGCONT)
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(5)
            raise


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def reached(data_dir: Path, server: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
    """The URL and the admin key of the server that just started on `data_dir`."""
    note = data_dir / "server.json"

    def announced() -> bool:
        assert server.poll() is None, log.read_text()[-3000:]
        return note.exists() and json.loads(note.read_text())["pid"] == server.pid

    wait_until(announced, "the server to say where it is", START)
    url = json.loads(note.read_text())["url"]
    wait_until(lambda: is_ready(url), f"{url} to be ready; its log is {log}", START)
    return url, (data_dir / "admin.key").read_text().strip()


@contextmanager
def embedded(data_dir: Path, executors: int = 5, **settings: str) -> Iterator[Deployment]:
    """`proctor serve` on a data folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "server.log"
    command = [PROCTOR, "serve", "--port", "0", "--executors", str(executors)]
    settings = {"PROCTOR_DRAIN_GRACE": "0"} | settings
    with process(command, log, environment(data_dir, **settings)) as server:
        url, key = reached(data_dir, server, log)
        deployment = Deployment(url, key, data_dir, {"serve": server})
        with deployment.http:
            yield deployment


@contextmanager
def separate(
    data_dir: Path,
    database_url: str,
    broker_url: str | Callable[[str], str],
    executors: int = 5,
    *,
    copies: int = 1,
    **settings: str,
) -> Iterator[Deployment]:
    """Every role as a process of its own; `copies` of dispatcher, projections and API.

    `broker_url` is everybody's, or says which is a role's.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    env = environment(
        data_dir,
        **{
            "PROCTOR_DATABASE_URL": database_url,
            "PROCTOR_BROKER_URL": broker_url("executor") if callable(broker_url) else broker_url,
            "PROCTOR_DRAIN_GRACE": "0",
            "PROCTOR_QUEUE_TYPE": os.environ.get("PROCTOR_TEST_QUEUE_TYPE", "classic"),
        }
        | settings,
    )
    commands: dict[str, list[str | Path]] = {
        **{
            f"{role}{'' if n == 1 else f'-{n}'}": [PROCTOR, role]
            for role in ("dispatcher", "projections")
            for n in range(1, copies + 1)
        },
        **{
            f"executor-{n}": [PROCTOR, "executor", "--id", f"executor-{n}"]
            for n in range(1, executors + 1)
        },
        "api": [PROCTOR, "api", "--port", "0", "--workers", str(copies)],
    }
    with ExitStack() as running:
        started = {
            name: running.enter_context(
                process(command, data_dir / f"{name}.log", env | _own_user(command, broker_url))
            )
            for name, command in commands.items()
        }
        url, key = reached(data_dir, started["api"], data_dir / "api.log")
        deployment = Deployment(url, key, data_dir, started, env)
        with deployment.http:
            wait_until(
                lambda: len(deployment.get("/queue/status")["executors"]) == executors,
                f"{executors} executors to be heard",
                START,
            )
            yield deployment


def _own_user(command: list[str | Path], broker_url: str | Callable[[str], str]) -> dict[str, str]:
    role = str(command[1])
    if not callable(broker_url) or role not in {"dispatcher", "api"}:
        return {}
    return {"PROCTOR_BROKER_URL": broker_url(role)}


@contextmanager
def running_shop(log: Path, *, redesigned: bool = False, port: int = 0) -> Iterator[str]:
    """The example shop's address while it runs."""
    design = ["--redesigned"] if redesigned else []
    command = [sys.executable, "-m", "examples.shop", "--port", str(port), *design]
    env = environment(log.parent) | {"PYTHONUNBUFFERED": "1"}
    log.unlink(missing_ok=True)
    with process(command, log, env):
        wait_until(lambda: " on http" in log.read_text(), "the shop to start", START)
        yield log.read_text().split(" on ")[1].split()[0]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example shop's address."""
    with running_shop(tmp_path_factory.mktemp("shop") / "shop.log") as url:
        yield url


@pytest.fixture(scope="module")
def proctor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Everything in one process, shared by a file's tests: each leaves the queue empty."""
    with embedded(tmp_path_factory.mktemp("proctor")) as deployment:
        yield deployment
