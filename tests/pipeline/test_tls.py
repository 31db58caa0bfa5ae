"""Broker and database behind TLS: the whole way to a verdict, and what is not trusted."""

from __future__ import annotations

import subprocess
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import pytest

from domain.dispatch import Dispatch
from runtime.broker.address import Address
from runtime.broker.port import BrokerUnavailableError
from runtime.broker.rabbitmq.publisher import RabbitPublisher
from tests.support.deployment import PROCTOR, environment, separate
from tests.support.tls import Authority, Front, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def tls_broker(rabbit_url: str, authority: Authority) -> Iterator[str]:
    """The URL of the broker, in TLS."""
    at = urlsplit(rabbit_url)
    front = Front((at.hostname, at.port), authority.server("localhost"))
    with listening(front) as port:
        yield f"amqps://{at.username}:{at.password}@localhost:{port}{at.path}"


@pytest.fixture
def tls_database(database_url: str, authority: Authority) -> Iterator[str]:
    """The URL of the database, in TLS."""
    at = urlsplit(database_url)
    (folder,) = parse_qs(at.query)["host"]
    front = Front(f"{folder}/.s.PGSQL.5432", authority.server("localhost"), postgres=True)
    with listening(front) as port:
        yield f"postgresql://postgres@localhost:{port}{at.path}"


def trusting(url: str, option: str, authority: Authority) -> str:
    mode = "sslmode=verify-full&" if option == "sslrootcert" else ""
    return f"{url}?{mode}{option}={quote(str(authority.file))}"


@pytest.mark.timeout(120)
def test_every_role_speaks_tls_to_broker_and_database(
    tmp_path: Path, tls_broker: str, tls_database: str, authority: Authority, shop: str
):
    broker = trusting(tls_broker, "cafile", authority)
    database = trusting(tls_database, "sslrootcert", authority)
    with separate(tmp_path, database, broker, executors=1) as proctor:
        run = proctor.submit({"goto": "/"}, base_url=shop)
        assert proctor.wait_for_status(run["id"])["status"] == "passed"


def started(tmp_path: Path, role: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROCTOR, role],
        env=environment(tmp_path, **settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_database_whose_certificate_nobody_vouches_for_is_refused(
    tmp_path: Path, tls_database: str, rabbit_url: str
):
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    url = trusting(tls_database, "sslrootcert", Authority(stranger))
    told = started(tmp_path, "dispatcher", PROCTOR_DATABASE_URL=url, PROCTOR_BROKER_URL=rabbit_url)
    assert told.returncode == 2
    assert "PROCTOR_DATABASE_URL: the database does not answer" in told.stderr
    assert "certificate verify failed" in told.stderr


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_broker_that_is_not_the_one_it_should_be_is_refused(
    tmp_path: Path, tls_broker: str, authority: Authority, host: str
):
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    trusted = Authority(stranger) if host == "localhost" else authority
    url = trusting(tls_broker.replace("localhost", host), "cafile", trusted)
    with (
        closing(RabbitPublisher(Address.parse(url), "test", "classic")) as publisher,
        pytest.raises(BrokerUnavailableError, match=r"proves to be somebody else.*certificate"),
    ):
        publisher.publish([Dispatch(uuid4(), 1, 5, "x", "default")])
