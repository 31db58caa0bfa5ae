"""Browsers for the tests here, and the packages whose pages they are about."""

from __future__ import annotations

import os

import pytest

from tests.executor.stage import staged
from tests.web.packages import PackagesMissingError, fetch

__all__ = ["staged"]


@pytest.fixture(scope="session", autouse=True)
def _packages() -> None:
    try:
        fetch()
    except PackagesMissingError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the packages of tests/web/requirements.txt cannot be had: {missing}")
