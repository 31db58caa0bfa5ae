"""Performing steps in a real browser, and looking at what came of it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psutil
import pytest

from domain.definition import Definition
from executor.browser.browsers import Browsers
from executor.browser.finding import BrowserMissingError, find_browser
from executor.browser.launch import mark
from executor.browser.perform import Job, perform
from executor.browser.reaper import marked_processes
from executor.browser.settings import BrowserSettings
from runtime.artifacts import ArtifactStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from executor.browser.outcome import AttemptOutcome, StepOutcome


@dataclass
class Seen:
    """An attempt that was performed."""

    outcome: AttemptOutcome
    run_id: UUID
    steps: list[StepOutcome] = field(default_factory=list)

    @property
    def message(self) -> str:
        return self.outcome.error.message if self.outcome.error else ""

    @property
    def kind(self) -> str:
        return self.outcome.error.kind if self.outcome.error else ""

    def artifacts(self) -> list[str]:
        kept = [a.name for step in self.steps for a in step.artifacts]
        return kept + [a.name for a in self.outcome.artifacts]


class Stage:
    """One executor's browser, kept over a file's tests, in an event loop of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.store = ArtifactStore(folder)
        self.owner = f"test-{uuid4().hex}"
        self.runner = asyncio.Runner()
        self.browsers = Browsers(BrowserSettings(owner=self.owner, **settings))

    def __enter__(self) -> Stage:
        self.runner.run(self.browsers.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self.browsers.__aexit__(None, None, None))
        self.runner.close()

    def perform(
        self,
        site: str,
        *steps: Any,
        seconds: float = 20,
        attempt: int = 1,
        during: Any = None,
        **said: Any,
    ) -> Seen:
        bounds = (seconds, attempt)
        return self.runner.run(self._perform(site, steps, bounds, during, said))

    async def _perform(
        self, site: str, steps: Any, bounds: tuple[float, int], during: Any, said: Mapping[str, Any]
    ) -> Seen:
        definition = Definition.model_validate(
            {"name": "test", "base_url": site, "steps": list(steps), **said}
        )
        seconds, attempt = bounds
        job = Job(uuid4(), attempt, definition, seconds)
        outcomes: list[StepOutcome] = []
        work = asyncio.create_task(
            perform(self.browsers, job, on_step=outcomes.append, store=self.store)
        )
        if during is not None:
            await during(work, outcomes)
        return Seen(await work, job.run_id, outcomes)

    def content(self, seen: Seen, name: str) -> bytes:
        return self.store.path(seen.run_id, name).read_bytes()

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
