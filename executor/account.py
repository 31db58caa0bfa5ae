"""The account of an attempt: what is told of each step, and the evidence that is kept of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.run_events import Failure
from executor.browser.evidence import Evidence
from executor.browser.faults import explain
from executor.browser.outcome import AttemptOutcome, StepOutcome
from executor.gate import faults as gate_faults
from executor.words import faults as words_faults

if TYPE_CHECKING:
    from domain.decision import Decision
    from domain.run_events import Artifact
    from domain.steps import Step
    from executor.browser.actions import Stage
    from executor.browser.masking import Mask
    from executor.browser.outcome import Verdict
    from executor.browser.prepared import Prepared
    from executor.gate.passage import Trouble
    from executor.job import Begun
    from executor.words.asking import Asking
    from runtime.artifacts import ArtifactStore


class Account:
    """Of one attempt on one page; no secret is in it."""

    def __init__(
        self,
        begun: Begun,
        prepared: Prepared,
        stage: Stage,
        asking: Asking | None,
        *,
        store: ArtifactStore,
        mask: Mask,
    ) -> None:
        self._begun = begun
        self._watch = prepared.watch
        self._stage = stage
        self._asking = asking
        self._mask = mask
        job = begun.job
        self._evidence = Evidence(job.attempt, prepared, store, mask)
        self._kept = job.definition.artifacts
        self._refused: set[Trouble] = set()

    async def begin(self) -> None:
        """Before the first step."""
        if self._kept != "never":
            # Nearly every first attempt passes and throws its trace away; one that is tried again
            # has failed before, and is worth the time.
            snapshots = self._kept == "always" or self._begun.job.attempt > 1
            await self._evidence.begin(snapshots=snapshots)

    async def of_step(
        self,
        index: int,
        step: Step,
        started: float,
        *,
        seconds: float,
        error: Exception | None,
        decision: Decision | None,
    ) -> Failure | None:
        """Tells of a step that had `seconds` and `started` so many after the attempt; the failure
        that it ended with, if it did."""
        duration = self._begun.elapsed - started
        kept = await self._evidence.screenshots(self._stage, index)
        kept += await self._question(index)
        kind, message = self._explained(step, seconds, error) if error else (None, None)
        if error and self._wants_failures:
            kept += await self._evidence.failure(self._stage)
        said = self._mask.text("; ".join(filter(None, [message, *self._notes()]))) or None
        what, ok = self._mask.text(str(step)), error is None
        self._begun.tell(
            StepOutcome(index, what, started, duration, ok, kind, said, kept, decision)
        )
        if ok:
            return None
        return Failure(kind=kind or "error", message=said or "failed", step=index)

    async def of_end(self, failure: Failure | None) -> AttemptOutcome:
        """How the attempt ended, after its last step."""
        duration = self._begun.elapsed
        if failure is not None and failure.kind == "browser_lost":
            return AttemptOutcome("lost", failure, duration)
        errored = failure is not None and failure.kind in words_faults.ERRORED
        artifacts: tuple[Artifact, ...] = ()
        if self._kept == "always" or (failure and self._wants_failures):
            artifacts = await self._evidence.rest()
        verdict: Verdict = "errored" if errored else "failed" if failure else "passed"
        return AttemptOutcome(verdict, failure, duration, artifacts)

    async def of_timeout(self, doing: str) -> AttemptOutcome:
        """The time was up while it was `doing` something."""
        duration = self._begun.elapsed
        artifacts: tuple[Artifact, ...] = ()
        if self._wants_failures:
            page, rest = await asyncio.gather(
                self._evidence.failure(self._stage), self._evidence.rest()
            )
            artifacts = (*page, *rest)
        seconds, at = self._begun.job.timeout, self._mask.text(doing)
        message = f"the run was not over after {seconds:g} s; it was at {at}"
        error = Failure(kind="timeout", message=message)
        return AttemptOutcome("timed_out", error, duration, artifacts)

    @property
    def _wants_failures(self) -> bool:
        return self._kept != "never"

    def _explained(self, step: Step, seconds: float, error: Exception) -> tuple[str, str]:
        return (
            words_faults.explain(error)
            or gate_faults.explain(error, self._begun.passage)
            or explain(error, str(step), seconds)
        )

    async def _question(self, index: int) -> tuple[Artifact, ...]:
        """What was asked for the step that ended, if anything was."""
        asked = self._asking.take_last() if self._asking else None
        if asked is None or not self._wants_failures:
            return ()
        question, answer = asked
        prompt = f"{question.system}\n\n{question.prompt}"
        said = answer.text if answer else ""
        return await self._evidence.of_question(index, question.tree, prompt, said)

    def _notes(self) -> list[str]:
        """What there is to say beside, since the last step: of the page, and of the gate."""
        notes = self._watch.notes
        taken, notes[:] = list(notes), []
        refusals = self._begun.passage.refusals
        refused = [trouble for trouble in refusals if trouble not in self._refused]
        self._refused.update(refused)
        return taken + [f"not connected: {trouble.reason}" for trouble in refused]
