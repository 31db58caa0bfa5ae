"""RabbitMQ with the users and policies that a deployment has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.rabbitmq_users import UrlOf, imported, made_definitions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.rabbitmq import RabbitServer

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """With passwords of this session's."""
    return made_definitions(tmp_path_factory.mktemp("passwords"), "default")


@pytest.fixture
def url_of(rabbit_server: RabbitServer, definitions: bytes) -> Iterator[UrlOf]:
    """The URL by which each of the users connects; they are gone at the end."""
    with imported(rabbit_server, definitions) as url_of:
        yield url_of
