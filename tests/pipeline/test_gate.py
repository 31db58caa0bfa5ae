"""A run's browser and Proctor's own places, in a whole deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support.deployment import Deployment, embedded, separate

if TYPE_CHECKING:
    from pathlib import Path


def error_of(proctor: Deployment, base_url: str, **said: object) -> dict | None:
    run = proctor.submit({"goto": "/health/live"}, base_url=base_url, **said)
    error: dict | None = proctor.wait_for_status(run["id"], "passed", "failed")["error"]
    return error


def test_no_run_reaches_the_api_unless_it_names_it(proctor: Deployment):
    refused = error_of(proctor, proctor.url)
    assert refused is not None
    assert refused["kind"] == "host"
    assert "Proctor itself: name that address with its port in allowed_hosts" in refused["message"]
    assert error_of(proctor, proctor.url, allowed_hosts=[urlsplit(proctor.url).netloc]) is None


def test_no_run_reaches_the_broker_nor_its_management(
    tmp_path: Path, database_url: str, rabbit_url: str
):
    broker = urlsplit(rabbit_url)
    with separate(tmp_path, database_url, rabbit_url, executors=1) as proctor:
        named = [f"127.0.0.1:{broker.port}", "127.0.0.1:15672"]
        for port, what in ((broker.port, "broker"), (15672, "the management of")):
            refused = error_of(proctor, f"http://127.0.0.1:{port}")
            assert refused is not None
            assert refused["kind"] == "host"
            assert what in refused["message"]
        refused = error_of(proctor, f"http://127.0.0.1:{broker.port}", allowed_hosts=named)
        assert refused is not None
        assert "is Proctor's own broker" in refused["message"]


def test_an_installations_allowed_hosts_hold_for_every_run(tmp_path: Path, shop: str):
    with embedded(tmp_path, executors=1, PROCTOR_ALLOWED_HOSTS="shop.example, 10.0.0.0/8") as here:
        refused = error_of(here, shop, allowed_hosts=[urlsplit(shop).netloc])
    assert refused is not None
    assert "is not among the allowed hosts (shop.example, 10.0.0.0/8)" in refused["message"]
