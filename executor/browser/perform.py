"""Performing an attempt: every step in turn, within the run's time, whatever the page does."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from domain.run_events import Failure
from executor.browser.actions import Stage, act
from executor.browser.browsers import BrowserLostError
from executor.browser.evidence import Evidence
from executor.browser.faults import browser_is_gone, explain
from executor.browser.masking import Mask
from executor.browser.outcome import AttemptOutcome, StepOutcome
from executor.browser.variables import Variables, names_secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from domain.definition import Definition
    from domain.run_events import Artifact
    from domain.steps import Step
    from executor.browser.browsers import Browsers, Prepared
    from executor.browser.settings import BrowserSettings
    from runtime.artifacts import ArtifactStore

logger = structlog.get_logger()

_OVERTIME = 1.0
"""Seconds a step may overrun its own timeout before we stop waiting for Playwright to say so."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to perform; `timeout` is the whole attempt's, in seconds."""

    run_id: UUID
    attempt: int
    definition: Definition
    timeout: float


async def perform(
    browsers: Browsers, job: Job, *, on_step: Callable[[StepOutcome], None], store: ArtifactStore
) -> AttemptOutcome:
    """Performs `job` and says how it ended, at the latest three seconds after its timeout.

    `on_step` is called right after each step. If the caller is cancelled, the browser is killed at
    once.
    """
    begun = time.monotonic()
    if not job.definition.steps:
        return AttemptOutcome("passed", None, 0.0)  # Nothing to do, and no browser to do it in.
    try:
        prepared = await browsers.take()
    except BrowserLostError as lost:
        return _lost(str(lost), begun)
    performance = _Performance(
        browsers.settings, job, prepared, on_step=on_step, store=store, begun=begun
    )
    try:
        outcome = await performance.run()
    except asyncio.CancelledError:
        browsers.discard()
        raise
    if performance.spoilt:
        browsers.discard()
    else:
        browsers.give_back(prepared)
    return outcome


class _Performance:
    """One attempt on one prepared page."""

    def __init__(
        self,
        settings: BrowserSettings,
        job: Job,
        prepared: Prepared,
        *,
        on_step: Callable[[StepOutcome], None],
        store: ArtifactStore,
        begun: float,
    ) -> None:
        self.spoilt = False
        self._job = job
        self._prepared = prepared
        self._on_step = on_step
        self._begun = begun
        self._step_timeout = settings.step_timeout
        self._mask = Mask(settings.secrets)
        own = {"run_id": str(job.run_id), "attempt": str(job.attempt)}
        self._variables = Variables({**job.definition.variables, **own}, settings.secrets)
        self._stage = Stage(prepared.page, prepared.watch, job.definition.base_url)
        self._evidence = Evidence(job.run_id, job.attempt, prepared, store, self._mask)
        self._doing = "the start"

    async def run(self) -> AttemptOutcome:
        """Every step, or as many as the time allows."""
        steps = asyncio.create_task(self._steps())
        try:
            await asyncio.wait({steps}, timeout=self._job.timeout - self._elapsed())
            if steps.done():
                return await self._ended(steps.result())
            return await self._timed_out()
        finally:
            steps.cancel()
            await asyncio.wait({steps}, timeout=_OVERTIME)

    async def _steps(self) -> Failure | None:
        """The failure that ended the attempt; None if every step passed."""
        if self._job.definition.artifacts != "never":
            await self._evidence.begin(snapshots=self._wants_snapshots())
        for index, step in enumerate(self._job.definition.steps):
            failure = await self._step(index, step)
            if failure is not None:
                return failure
        return None

    async def _step(self, index: int, step: Step) -> Failure | None:
        started = self._elapsed()
        self._doing = f"step {index + 1}, {step}"
        seconds = step.timeout or self._step_timeout
        error: Exception | None = None
        try:
            if names_secret(step) and step.fill is not None:
                self._stage.secret_targets.append(step.fill)
            filled = self._variables.fill_in(step)
            async with asyncio.timeout(seconds + _OVERTIME):
                await act(self._stage, filled, seconds)
        except Exception as raised:  # noqa: BLE001 - every way to fail is a verdict
            error = raised
        if error is not None and browser_is_gone(error, self._prepared):
            self.spoilt = True
            return Failure(kind="browser_lost", message="the browser is gone", step=index)
        return await self._report(index, step, started, error, seconds)

    async def _report(
        self, index: int, step: Step, started: float, error: Exception | None, seconds: float
    ) -> Failure | None:
        duration = self._elapsed() - started
        kept = await self._evidence.screenshots(self._stage, index)
        kind, message = explain(error, str(step), seconds) if error else (None, None)
        if error and self._wants_failures():
            kept += await self._evidence.failure(self._stage)
        said = self._mask.text("; ".join(filter(None, [message, *self._take_notes()]))) or None
        self._on_step(
            StepOutcome(
                index,
                self._mask.text(str(step)),
                started,
                duration,
                error is None,
                kind,
                said,
                kept,
            )
        )
        if error is None:
            return None
        self.spoilt = self.spoilt or self._prepared.watch.crashed
        return Failure(kind=kind or "error", message=said or "failed", step=index)

    async def _ended(self, failure: Failure | None) -> AttemptOutcome:
        duration = self._elapsed()
        if failure is not None and failure.kind == "browser_lost":
            return AttemptOutcome("lost", failure, duration)
        artifacts: tuple[Artifact, ...] = ()
        if self._job.definition.artifacts == "always" or (failure and self._wants_failures()):
            artifacts = await self._evidence.rest()
        return AttemptOutcome("failed" if failure else "passed", failure, duration, artifacts)

    async def _timed_out(self) -> AttemptOutcome:
        self.spoilt = True
        duration = self._elapsed()
        artifacts: tuple[Artifact, ...] = ()
        if self._wants_failures():
            page, rest = await asyncio.gather(
                self._evidence.failure(self._stage), self._evidence.rest()
            )
            artifacts = (*page, *rest)
        doing = self._mask.text(self._doing)
        message = f"the run was not over after {self._job.timeout:g} s; it was at {doing}"
        return AttemptOutcome(
            "timed_out", Failure(kind="timeout", message=message), duration, artifacts
        )

    def _wants_failures(self) -> bool:
        return self._job.definition.artifacts != "never"

    def _wants_snapshots(self) -> bool:
        # Nearly every first attempt passes and throws its trace away; one that is tried again has
        # failed before, and is worth the time.
        return self._job.definition.artifacts == "always" or self._job.attempt > 1

    def _take_notes(self) -> list[str]:
        notes = self._prepared.watch.notes
        taken, notes[:] = list(notes), []
        return taken

    def _elapsed(self) -> float:
        return time.monotonic() - self._begun


def _lost(reason: str, begun: float) -> AttemptOutcome:
    error = Failure(kind="browser_lost", message=reason)
    return AttemptOutcome("lost", error, time.monotonic() - begun)
