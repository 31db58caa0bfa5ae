"""RabbitMQ with the users and policies that a deployment has."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.rabbitmq import RabbitNode

DEPLOY = Path(__file__).parents[2] / "deploy"
USERS = ("dispatcher", "executor", "api", "operator", "scaler")

UrlOf = Callable[[str], str]


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """As a deployment's script makes them, with passwords of this session's."""
    folder = tmp_path_factory.mktemp("passwords")
    for user in USERS:
        (folder / f"rabbitmq-{user}").write_text(f"of-{user}\n")
    script = DEPLOY / "rabbitmq" / "make-definitions"
    return subprocess.run([script, folder, "default"], check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture
def url_of(rabbit_node: RabbitNode, definitions: bytes) -> Iterator[UrlOf]:
    """The URL by which each of the users connects; they are gone at the end."""
    imported = rabbit_node.api.post("/definitions", json=json.loads(definitions), timeout=30)
    imported.raise_for_status()
    place = urlsplit(rabbit_node.amqp)
    try:
        yield lambda user: f"amqp://{user}:of-{user}@{place.hostname}:{place.port}/proctor"
    finally:
        for path in ("/vhosts/proctor", *(f"/users/{user}" for user in USERS)):
            rabbit_node.api.delete(path, timeout=30).raise_for_status()
