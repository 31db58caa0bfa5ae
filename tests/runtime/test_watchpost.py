"""Where a process without an API says how it is."""

from __future__ import annotations

import httpx
import pytest

from domain.errors import ProctorError
from runtime.metrics import PUBLISHED
from runtime.settings import Settings
from runtime.watchpost import watchpost
from tests.support.ports import free_port


@pytest.fixture
def port():
    return free_port()


def settings(port):
    return Settings(metrics_host="127.0.0.1", metrics_port=port)


def test_it_says_that_it_lives_whether_it_is_ready_and_what_it_counted(port):
    troubles = {}
    PUBLISHED.labels("asked").inc()
    with watchpost(settings(port), lambda: troubles):
        ask = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        with ask:
            assert ask.get("/health/live").json() == {"status": "ok"}
            assert ask.get("/health/ready").status_code == 200
            assert 'proctor_dispatches_published_total{why="asked"}' in ask.get("/metrics").text
            troubles["relay"] = "no connection to RabbitMQ"
            unready = ask.get("/health/ready")
            assert (unready.status_code, unready.json()["missing"]) == (503, troubles)
            assert ask.get("/secrets").status_code == 404


def test_without_a_port_nothing_is_opened():
    with watchpost(Settings(), dict):
        pass


def test_a_port_that_is_taken_is_named(port):
    with (
        watchpost(settings(port), dict),
        pytest.raises(ProctorError, match=f"PROCTOR_METRICS_PORT.*{port}"),
        watchpost(settings(port), dict),
    ):
        pass
