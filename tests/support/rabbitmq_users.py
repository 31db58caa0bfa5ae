"""RabbitMQ with the users, permissions and policies that a deployment has."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.rabbitmq import RabbitServer

USERS = ("dispatcher", "executor", "api", "operator", "viewer", "scaler")
VHOST = "proctor"

UrlOf = Callable[[str], str]
"""From a user's name to the URL by which it connects."""

_SCRIPT = Path(__file__).parents[2] / "deploy" / "rabbitmq" / "make-definitions"


def password_of(user: str) -> str:
    return f"of-{user}"


def made_definitions(folder: Path, *pools: str) -> bytes:
    """As a deployment's script makes them, with the passwords that it finds in `folder`."""
    for user in USERS:
        (folder / f"rabbitmq-{user}").write_text(f"{password_of(user)}\n")
    command = [_SCRIPT, folder, *pools]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


@contextmanager
def imported(server: RabbitServer, definitions: bytes) -> Iterator[UrlOf]:
    """The users, and their virtual host; gone at the end. Not where somebody has them already."""
    found = server.api.get(f"/vhosts/{VHOST}", timeout=30).status_code
    assert found == httpx.codes.NOT_FOUND, f"{server.amqp} has a virtual host {VHOST} already"
    answer = server.api.post("/definitions", json=json.loads(definitions), timeout=30)
    answer.raise_for_status()
    place = urlsplit(server.amqp)
    try:
        yield (
            lambda user: f"amqp://{user}:{password_of(user)}@{place.hostname}:{place.port}/{VHOST}"
        )
    finally:
        for path in (f"/vhosts/{VHOST}", *(f"/users/{user}" for user in USERS)):
            server.api.delete(path, timeout=30).raise_for_status()
