"""What every test may ask for."""

from __future__ import annotations

import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.rabbitmq",
    "tests.support.deployment",
    "tests.support.model_server",
    "tests.support.tls",
]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A temporary folder of this session's own.

    pytest's usual one is shared by all sessions, and each takes away the right to enter it that
    PostgreSQL, which never runs as root, needs.
    """
    if config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="proctor-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Takes the session's folder away."""
    shutil.rmtree(config.option.basetemp, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    """Commands run in this process send logs to a stream that a test closes."""
    yield
    structlog.reset_defaults()
