"""Executors, dispatcher, broker and log together, through every order of events that is drawn.

`PROCTOR_SIMULATIONS` is how many worlds are lived through; without it a number that takes seconds,
and the same ones each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.calm import CalmWorld
from tests.simulation.storm import StormyWorld

# What fails is made as small as can be, which may take minutes; hypothesis ends that by itself.
pytestmark = pytest.mark.timeout(3600)

_ASKED = os.environ.get("PROCTOR_SIMULATIONS")
_WORLDS = int(_ASKED or 300)


def worlds(number: int) -> settings:
    return settings(
        max_examples=number,
        stateful_step_count=40,
        deadline=None,
        derandomize=_ASKED is None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def test_in_a_calm_world_every_run_has_its_verdict_in_its_turn() -> None:
    run_state_machine_as_test(CalmWorld, settings=worlds(_WORLDS // 3))


def test_in_a_stormy_world_nothing_is_lost_and_nothing_happens_twice() -> None:
    run_state_machine_as_test(StormyWorld, settings=worlds(_WORLDS))
