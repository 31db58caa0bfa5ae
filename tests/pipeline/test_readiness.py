"""What a process that cannot work says at /health/ready, and that it recovers by itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.deployment import PROCTOR, environment, process
from tests.support.ports import free_port
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.rabbitmq import RabbitNode

    Said = Callable[[], dict[str, Any]]

START = 30.0


@pytest.fixture
def running(tmp_path: Path, database_url: str):
    """Starts one role alone, and says what it answers."""

    @contextmanager
    def run(role: str, broker_url: str) -> Iterator[Said]:
        port = free_port()
        settings = {
            "PROCTOR_DATABASE_URL": database_url,
            "PROCTOR_BROKER_URL": broker_url,
            "PROCTOR_METRICS_HOST": "127.0.0.1",
            "PROCTOR_METRICS_PORT": str(port),
        }
        command = [PROCTOR, role, *(["--port", str(port)] if role == "api" else [])]
        env = environment(tmp_path / "data", **settings)
        with process(command, tmp_path / f"{role}.log", env):
            yield lambda: readiness(port)

    return run


def readiness(port: int) -> dict[str, Any]:
    """What is missing, by part; an answer that is not there yet misses everything."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=5)
    except httpx.HTTPError as error:
        return {"an answer": str(error)}
    missing: dict[str, Any] = answer.json()["missing"]
    assert answer.status_code == (503 if missing else 200)
    return missing


def wait_for_words(said: Said, *words: str) -> None:
    """Until the answer has all of them; fails with the answer."""
    latest = ""

    def has_them() -> bool:
        nonlocal latest
        latest = str(said())
        return all(word in latest for word in words)

    try:
        wait_until(has_them, f"to say {words}", START)
    except AssertionError as never:
        raise AssertionError(f"{never}; it says {latest}") from None


@pytest.mark.parametrize("role", ["dispatcher", "executor", "api"])
def test_a_wrong_password_of_the_broker_is_told(running, rabbit_url: str, role: str):
    with running(role, rabbit_url.replace("guest:guest", "guest:wrong")) as said:
        wait_for_words(said, "refused", "user")
        assert "wrong" not in str(said())


@pytest.mark.parametrize("role", ["dispatcher", "executor", "api"])
def test_a_broker_that_is_not_there_is_told(running, role: str):
    with running(role, f"amqp://guest:guest@127.0.0.1:{free_port()}/") as said:
        wait_for_words(said, "RabbitMQ at amqp://guest:***")


def test_an_alarm_of_the_broker_is_told_while_it_lasts(
    running, rabbit_url: str, rabbit_node: RabbitNode
):
    with running("dispatcher", rabbit_url) as said:
        wait_until(lambda: not said(), "the dispatcher to be ready", START)
        rabbit_node.ctl("set_disk_free_limit", "900GB")
        try:
            wait_for_words(said, "disk")
        finally:
            rabbit_node.ctl("set_disk_free_limit", "50MB")
        wait_until(lambda: not said(), "the dispatcher to be ready again")


def test_an_api_whose_views_nobody_has_made_says_who_makes_them(running, rabbit_url: str):
    with running("api", rabbit_url) as said:
        wait_for_words(said, "proctor projections")
        with running("dispatcher", rabbit_url), running("projections", rabbit_url):
            wait_until(lambda: not said(), "the API to be ready", START)
