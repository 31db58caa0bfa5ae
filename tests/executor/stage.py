"""Performing steps in a real browser, and looking at what came of it."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psutil
import pytest

from domain.decision import KnownDecision
from domain.definition import Definition
from executor.browser.browsers import Browsers
from executor.browser.finding import BrowserMissingError, find_browser
from executor.browser.launch import mark
from executor.browser.outcome import AttemptOutcome, BrowserChange
from executor.browser.reaper import marked_processes
from executor.browser.settings import BrowserSettings
from executor.equipment import Equipment, equipped
from executor.job import Job
from executor.matcher.matcher import Matcher
from executor.perform import perform
from executor.words.chromiums import Chromiums
from runtime.artifacts import ArtifactStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from domain.decision import Decision
    from domain.run_events import Artifact
    from executor.browser.outcome import Happening, StepOutcome
    from executor.words.question import Model
    from executor.words.spending import Purse


NOT_OVER = AttemptOutcome("lost", None, 0.0)


@dataclass
class Seen:
    """An attempt that was performed."""

    run_id: UUID
    outcome: AttemptOutcome = NOT_OVER
    steps: list[StepOutcome] = field(default_factory=list)
    changes: list[BrowserChange] = field(default_factory=list)

    def note(self, happening: Happening) -> None:
        if isinstance(happening, BrowserChange):
            self.changes.append(happening)
            self.steps.clear()
        else:
            self.steps.append(happening)

    @property
    def decisions(self) -> list[Decision]:
        return [step.decision for step in self.steps if step.decision is not None]

    def known(self) -> list[KnownDecision]:
        """What another run of the same test may replay."""
        return [
            KnownDecision(step=step.index, version=1, decision=step.decision)
            for step in self.steps
            if step.decision is not None
        ]

    @property
    def message(self) -> str:
        return self.outcome.error.message if self.outcome.error else ""

    @property
    def kind(self) -> str:
        return self.outcome.error.kind if self.outcome.error else ""

    def artifacts(self) -> list[str]:
        return [artifact.name for artifact in self.kept()]

    def kept(self) -> list[Artifact]:
        return [a for step in self.steps for a in step.artifacts] + [*self.outcome.artifacts]


class Stage:
    """One executor's browser, kept over a file's tests, in an event loop of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.store = ArtifactStore(folder)
        self.owner = f"test-{uuid4().hex}"
        self.runner = asyncio.Runner()
        self.settings = BrowserSettings(owner=self.owner, **settings)
        self._opened = AsyncExitStack()

    def __enter__(self) -> Stage:
        opening = self._opened.enter_async_context(equipped(self.settings, Matcher(), self.store))
        self._equipment = self.runner.run(opening)
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self._opened.aclose())
        self.runner.close()

    @property
    def browsers(self) -> Browsers:
        return self._equipment.browsers

    @property
    def chromiums(self) -> Chromiums:
        return self._equipment.chromiums

    def equipment(self, model: Model | None = None) -> Equipment:
        return replace(self._equipment, model=model) if model else self._equipment

    def perform(
        self,
        site: str,
        *steps: Any,
        seconds: float = 20,
        attempt: int = 1,
        during: Any = None,
        model: Model | None = None,
        known: Sequence[KnownDecision] = (),
        purse: Purse | None = None,
        **said: Any,
    ) -> Seen:
        definition = Definition.model_validate(
            {"name": "test", "base_url": site, "steps": list(steps), **said}
        )
        job = Job(uuid4(), attempt, definition, seconds, tuple(known), purse)
        return self.runner.run(self._perform(job, during, self.equipment(model)))

    async def _perform(self, job: Job, during: Any, equipment: Equipment) -> Seen:
        seen = Seen(run_id=job.run_id)
        work = asyncio.create_task(perform(equipment, job, seen.note))
        if during is not None:
            await during(work, seen.steps)
        seen.outcome = await work
        return seen

    def content(self, seen: Seen, name: str) -> bytes:
        artifact = next(artifact for artifact in seen.kept() if artifact.name == name)
        return self.store.path(seen.run_id, artifact).read_bytes()

    def processes(self) -> list[psutil.Process]:
        start = mark(self.owner)
        return [process for process, marked in marked_processes() if marked.startswith(start)]


def browser_or_skip() -> None:
    try:
        find_browser(None)
    except BrowserMissingError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stage]]:
    """The module's own stage."""
    browser_or_skip()
    with Stage(tmp_path_factory.mktemp("artifacts"), secrets={"PASS": "hunter2 & <co>"}) as stage:
        yield stage
