"""Steps in words: what a replay costs over the same exact steps, and what launching ahead hides."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from benchmarks import workload
from domain.decision import KnownDecision
from domain.definition import Definition
from executor.browser.settings import BrowserSettings
from executor.equipment import equipped
from executor.job import Job
from executor.matcher.matcher import Matcher
from executor.perform import perform
from runtime.artifacts import ArtifactStore
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Sequence

    from executor.browser.outcome import Happening, StepOutcome
    from executor.equipment import Equipment
    from executor.words.chromiums import Chromiums
    from tests.support.deployment import Deployment

EXACT: list[dict[str, Any]] = [
    {"goto": "/"},
    {"fill": {"label": "Name", "value": "Ann"}},
    {"click": {"role": "button", "name": "Buy now"}},
    {"expect": {"text": "Thank you, Ann"}},
    {"expect": {"text": "Order total: $42"}},
]
IN_WORDS: list[dict[str, Any]] = [
    {"goto": "/"},
    {"act": "type Ann into the name field"},
    {"act": "press the buy button"},
    {"verify": 'the page says "Thank you, Ann"'},
    {"extract": {"instruction": "the order total", "schema": {"total": "string"}}},
]
_ACTS = (1, 2)
_TIMES = 30
_TAKES = 4


def speed_of_replay(proctor: Deployment, shop: str, runs: int, rounds: int) -> float:
    """Runs a second in words, all of them replayed, over the same with exact steps; the median of
    neighbouring rounds."""
    exact = [_definition(shop, EXACT)] * runs
    words = [_definition(shop, IN_WORDS)] * runs
    proctor.wait_for_status(proctor.post("/runs", workload.as_submitted(words[0]))["id"], "passed")
    return median(
        workload.runs_per_second(proctor, words) / workload.runs_per_second(proctor, exact)
        for _ in range(rounds)
    )


def seconds_over_exact(shop: str) -> float:
    """What a replayed `act` takes more than the same exact step; medians of steps in turn."""
    return asyncio.run(_with_equipment(lambda equipment: _over_exact(equipment, shop)))


def hidden_by_launching_ahead() -> float:
    """The share of a start of Chromium and Stagehand that is over before a run needs it."""
    return asyncio.run(_with_equipment(_hidden))


async def _with_equipment(measure: Any) -> float:
    settings = BrowserSettings(owner="benchmark")
    with TemporaryDirectory() as folder:
        async with equipped(settings, Matcher(), ArtifactStore(Path(folder))) as equipment:
            result: float = await measure(equipment)
            return result


async def _over_exact(equipment: Equipment, shop: str) -> float:
    decided = await _steps(equipment, shop, IN_WORDS, ())
    known = [
        KnownDecision(step=step.index, version=1, decision=step.decision)
        for step in decided
        if step.decision is not None
    ]
    more = []
    for _ in range(_TIMES):
        exact = await _steps(equipment, shop, EXACT, ())
        words = await _steps(equipment, shop, IN_WORDS, known)
        more += [words[index].duration - exact[index].duration for index in _ACTS]
    return median(more)


async def _steps(
    equipment: Equipment, shop: str, steps: Sequence[Any], known: Sequence[KnownDecision]
) -> list[StepOutcome]:
    told: list[Happening] = []
    job = Job(uuid4(), 1, _definition(shop, steps), 60.0, tuple(known))
    outcome = await perform(equipment, job, told.append)
    assert outcome.verdict == "passed", outcome
    return told  # type: ignore[return-value]


async def _hidden(equipment: Equipment) -> float:
    cold = await _take(equipment.chromiums)
    warm = []
    for _ in range(_TAKES):
        await eventually(lambda: equipment.chromiums.ready, "the next one to be launched", 30)
        warm.append(await _take(equipment.chromiums))
    return 1 - median(warm) / cold


async def _take(chromiums: Chromiums) -> float:
    began = time.perf_counter()
    await chromiums.take()
    taken = time.perf_counter() - began
    chromiums.discard()
    return taken


def _definition(shop: str, steps: Sequence[Any]) -> Definition:
    return Definition.model_validate({"name": "Buy in words", "base_url": shop, "steps": steps})
