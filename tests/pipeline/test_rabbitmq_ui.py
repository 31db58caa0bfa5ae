"""Proctor tests its own broker's management UI: RabbitMQ's pages show what Proctor says."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.deployment import PROCTOR, ROOT, Deployment, environment, process, separate
from tests.support.postgres import fresh_database
from tests.support.rabbitmq_users import imported, made_definitions, password_of
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.rabbitmq import RabbitServer

SUITE = ROOT / "examples" / "rabbitmq-ui.yaml"
EXECUTORS = 5
WAITING = 7
HELD = {"wait_for": {"css": "#never"}, "timeout": 110}
NAMED = 'allowed_hosts: ["127.0.0.1:15672"]'


@dataclass(frozen=True)
class Watched:
    """A deployment whose five executors hold a run each, while seven wait."""

    proctor: Deployment
    management: str
    """Host and port."""

    def said(self) -> dict[str, str]:
        """What Proctor says of its queue, as the suite takes it."""
        status = self.proctor.get("/queue/status")
        queued, running = status["queued"], status["active"]
        holder = next(each for each in status["executors"] if each["run_id"])
        return {"queued": f"{queued}", "running": f"{running}", "messages": f"{queued + running}",
                "executor": holder["id"], "run": holder["run_id"]}  # fmt: skip

    def submit(self, suite: str, **variables: str) -> tuple[int, dict[str, Any]]:
        """Submits the suite, as it is for this broker, and waits: exit status and run."""
        file = self.proctor.data_dir / "suite.yaml"
        file.write_text(suite.replace("127.0.0.1:15672", self.management))
        given = [f"--variable={name}={value}" for name, value in variables.items()]
        done = subprocess.run(
            [PROCTOR, "submit", file, "--wait", "--json", *given],
            env=environment(self.proctor.data_dir),
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode < 2, done.stderr
        (run,) = json.loads(done.stdout)["items"]
        return done.returncode, run

    def kept(self, run: dict[str, Any]) -> bytes:
        """All that the run's artifacts hold, unpacked."""
        listed = self.proctor.get(f"/runs/{run['id']}/artifacts")["items"]
        kept = [
            self.proctor.http.get(f"{self.proctor.url}{each['url']}").content for each in listed
        ]
        return b"".join(part for content in kept for part in unpacked(content))


@pytest.fixture(scope="module")
def watched(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, rabbit_server: RabbitServer
) -> Iterator[Watched]:
    definitions = made_definitions(tmp_path_factory.mktemp("passwords"), "default", "operations")
    at = rabbit_server.api.base_url
    management = f"{at.host}:{at.port}"
    settings = {
        "PROCTOR_POOLS": "default,operations",
        "PROCTOR_SECRET_RABBITMQ_PASSWORD": password_of("viewer"),
        # The gate knows 15672, where RabbitMQ's management is unless somebody moved it, as here.
        "PROCTOR_GUARDED_HOSTS": management,
    }
    data = tmp_path_factory.mktemp("watched")
    with (
        fresh_database(postgres_url) as database,
        imported(rabbit_server, definitions) as url_of,
        separate(data, database, url_of, EXECUTORS, **settings) as proctor,
        process(
            [PROCTOR, "executor", "--id", "watcher", "--pool", "operations"],
            data / "watcher.log",
            proctor.environment,
        ),
    ):
        fill(proctor)
        yield Watched(proctor, management)


def fill(proctor: Deployment) -> None:
    run: dict[str, Any] = {"name": "held", "base_url": "about:blank", "steps": [HELD]}
    proctor.batch(*[run | {"timeout": 120.0}] * (EXECUTORS + WAITING))

    def full() -> bool:
        status = proctor.get("/queue/status")
        here = len(status["executors"]) == EXECUTORS + 1
        return here and (status["active"], status["queued"]) == (EXECUTORS, WAITING)

    wait_until(full, "five runs to be held, and an executor for those who look", 60)


def test_the_pages_show_the_depth_the_consumers_and_who_holds_which_run(watched: Watched):
    said = watched.said()
    status, run = watched.submit(SUITE.read_text(), **said)
    assert status == 0, run["error"]
    assert watched.said() == said


def test_another_depth_than_the_pages_is_noticed_and_the_password_kept_nowhere(watched: Watched):
    more = {"queued": f"{WAITING + 1}", "messages": f"{EXECUTORS + WAITING + 1}"}
    suite = SUITE.read_text().replace("timeout: 15", "timeout: 7")
    suite = suite.replace("    steps:", "    artifacts: always\n    steps:")
    status, run = watched.submit(suite, **watched.said() | more)
    assert status == 1
    assert "to contain '13 8 5' within 7 s; found 'Messages" in run["error"]["message"]
    assert "12 7 5" in run["error"]["message"]
    kept = watched.kept(run)
    assert b"authorization" in kept.lower()
    basic = base64.b64encode(f"viewer:{password_of('viewer')}".encode())
    assert password_of("viewer").encode() not in kept
    assert basic not in kept


def test_a_suite_that_does_not_name_the_management_does_not_get_there(watched: Watched):
    suite = SUITE.read_text()
    assert NAMED in suite
    status, run = watched.submit(suite.replace(NAMED, ""), **watched.said())
    assert status == 1
    told = "is Proctor itself: name that address with its port in allowed_hosts"
    assert told in run["error"]["message"]


def unpacked(content: bytes) -> Iterator[bytes]:
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
