"""What is taken out of the real code for a simulation: chance, browsers, and log lines."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from tests.simulation.browser import perform

if TYPE_CHECKING:
    from collections.abc import Iterator


class _NoChance:
    """The longest back-off each time: the same steps lead to the same world."""

    def uniform(self, _shortest: float, longest: float) -> float:
        return longest


@pytest.fixture(scope="module", autouse=True)
def _simulated() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("executor.attempt.perform", perform)
        patch.setattr("runtime.backoff._random", _NoChance())
        yield


@pytest.fixture(autouse=True)
def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
