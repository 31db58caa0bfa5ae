"""The packages come from the registry once, and their absence has a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web import packages
from tests.web.packages import PackagesMissingError, fetch

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.mark.usefixtures("_no_registry")
def test_what_is_here_is_not_asked_for_again() -> None:
    fetch()


@pytest.mark.usefixtures("_no_registry")
def test_without_a_registry_the_reason_is_what_pip_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "_FOLDER", tmp_path / "packages")
    with pytest.raises(PackagesMissingError, match="No matching distribution found for dash"):
        fetch()
    assert not list((tmp_path / "packages").iterdir())
