"""One attempt on one page: every step in turn, within the run's time, whatever the page does."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.allowed_hosts import AllowedHosts
from domain.decision import Decision
from domain.run_events import Failure
from domain.words import Budget
from executor.browser.actions import Stage, act
from executor.browser.evidence import Evidence
from executor.browser.faults import browser_is_gone, explain
from executor.browser.masking import Mask
from executor.browser.outcome import AttemptOutcome, StepOutcome
from executor.browser.variables import Variables, names_secret
from executor.gate import faults as gate_faults
from executor.words import faults as words_faults
from executor.words.asking import Asking
from executor.words.deciding import Decider
from executor.words.guard import Guard, named_hosts
from executor.words.spending import Spending
from executor.words.words import NeedsDecidingError, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from domain.decision import KnownDecision
    from domain.definition import Definition
    from domain.run_events import Artifact
    from domain.steps import Step
    from executor.browser.outcome import Happening, Verdict
    from executor.browser.prepared import Prepared
    from executor.equipment import Equipment
    from executor.gate.passage import Passage, Trouble
    from executor.words.session import Session
    from executor.words.spending import Purse, Spent

_OVERTIME = 1.0
"""Seconds a step may overrun its own timeout before we stop waiting for Playwright to say so."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to perform; `timeout` is the whole attempt's, in seconds, and `decisions` are
    those known for its steps in words."""

    run_id: UUID
    attempt: int
    definition: Definition
    timeout: float
    decisions: tuple[KnownDecision, ...] = ()
    purse: Purse | None = None
    """What it spends from together with the other runs of its batch."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt under way, in whatever browser: its passage through the gate, whom to tell of its
    steps, and the monotonic time at which it began."""

    job: Job
    passage: Passage
    tell: Callable[[Happening], None]
    at: float


class Performance:
    """One attempt on one prepared page; with a session, what is not known is decided there."""

    def __init__(
        self,
        equipment: Equipment,
        begun: Begun,
        prepared: Prepared,
        *,
        session: Session | None = None,
        misfits: Mapping[int, str] | None = None,
    ) -> None:
        self.spoilt = False
        self._job = job = begun.job
        self._passage = begun.passage
        self._prepared = prepared
        self._tell = begun.tell
        self._begun = begun.at
        self._settings = equipment.settings
        self._mask = Mask(self._settings.secrets)
        self._variables = variables_of(job, self._settings.secrets)
        self._stage = Stage(prepared.page, prepared.watch, job.definition.base_url)
        self._evidence = Evidence(job.run_id, job.attempt, prepared, equipment.store, self._mask)
        self._spending = Spending(job.definition.budget or Budget(), job.purse)
        self._asking = self._asking_on(session, equipment) if session else None
        self._words = self._make_words(misfits or {}) if job.definition.in_words else None
        self._guard = self._make_guard() if job.definition.in_words else None
        self._doing = "the start"
        self._refused: set[Trouble] = set()

    def _asking_on(self, session: Session, equipment: Equipment) -> Asking:
        return Asking(session, equipment.model, self._mask, self._spending)

    def _make_guard(self) -> Guard:
        wanted = self._job.definition
        goto = [step.goto for step in wanted.steps if step.goto is not None]
        allowed = AllowedHosts.parse(wanted.allowed_hosts or ())
        return Guard(named_hosts(wanted.base_url, goto, self._variables), allowed)

    def _make_words(self, misfits: Mapping[int, str]) -> Words:
        return Words(
            self._stage.page,
            self._variables,
            {known.step: known for known in self._job.decisions},
            mode=self._job.definition.words or "auto",
            decider=Decider(self._asking) if self._asking else None,
            misfits=misfits,
        )

    async def run(self) -> AttemptOutcome:
        """Every step, or as many as the time allows.

        Raises NeedsDecidingError where something has to be decided and there is no session.
        """
        steps = asyncio.create_task(self._steps())
        try:
            await asyncio.wait({steps}, timeout=self._job.timeout - self._elapsed())
            if steps.done():
                return await self._ended(steps.result())
            return await self._timed_out()
        finally:
            steps.cancel()
            await asyncio.wait({steps}, timeout=_OVERTIME)
            if self._guard is not None:
                await self._guard.leave_post()

    async def _steps(self) -> Failure | None:
        """The failure that ended the attempt; None if every step passed."""
        if self._guard is not None:
            await self._guard.take_post(self._prepared)
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
        seconds = step.timeout or self._timeout_of(step)
        error: Exception | None = None
        decision: Decision | None = None
        before = self._spending.spent
        try:
            async with asyncio.timeout(seconds + _OVERTIME):
                decision = await self._do(index, step, seconds)
        except NeedsDecidingError:
            raise
        except Exception as raised:  # noqa: BLE001 - every way to fail is a verdict
            error = raised
            decision = getattr(raised, "decision", None)
        decision = self._charged(step, decision, self._spending.spent - before)
        if error is not None and browser_is_gone(error, self._prepared):
            self.spoilt = True
            return Failure(kind="browser_lost", message="the browser is gone", step=index)
        return await self._report(index, step, started, error, decision)

    async def _do(self, index: int, step: Step, seconds: float) -> Decision | None:
        if self._words is not None and self._guard is not None and step.in_words:
            with self._guard.on_duty():
                decision = await self._words.do(index, step, seconds)
                await self._guard.check(self._stage.page)
            self._stage.secret_paths += _secret_paths(decision)
            return decision
        if names_secret(step) and step.fill is not None:
            self._stage.secret_targets.append(step.fill)
        await act(self._stage, self._variables.fill_in(step), seconds)
        return None

    def _charged(self, step: Step, decision: Decision | None, spent: Spent) -> Decision | None:
        """The decision with all that was asked for it; also where nothing came of the asking."""
        if spent.calls == 0:
            return decision
        if decision is None and self._asking is not None:
            decision = Decision(instruction=step.instruction, made="model", by=self._asking.model)
        return decision.model_copy(update=spent._asdict()) if decision else None

    def _timeout_of(self, step: Step) -> float:
        return self._settings.words_timeout if step.in_words else self._settings.step_timeout

    async def _report(
        self,
        index: int,
        step: Step,
        started: float,
        error: Exception | None,
        decision: Decision | None,
    ) -> Failure | None:
        duration = self._elapsed() - started
        kept = await self._evidence.screenshots(self._stage, index)
        kept += await self._question(index)
        kind, message = self._explain(step, error) if error else (None, None)
        if error and self._wants_failures():
            kept += await self._evidence.failure(self._stage)
        said = self._mask.text("; ".join(filter(None, [message, *self._take_notes()]))) or None
        self._tell(
            StepOutcome(
                index,
                self._mask.text(str(step)),
                started,
                duration,
                error is None,
                kind,
                said,
                kept,
                decision,
            )
        )
        if error is None:
            return None
        self.spoilt = self.spoilt or self._prepared.watch.crashed
        return Failure(kind=kind or "error", message=said or "failed", step=index)

    def _explain(self, step: Step, error: Exception) -> tuple[str, str]:
        seconds = step.timeout or self._timeout_of(step)
        return (
            words_faults.explain(error)
            or gate_faults.explain(error, self._passage)
            or explain(error, str(step), seconds)
        )

    async def _question(self, index: int) -> tuple[Artifact, ...]:
        """What was asked for the step that ended, if anything was."""
        asked = self._asking.take_last() if self._asking else None
        if asked is None or not self._wants_failures():
            return ()
        question, answer = asked
        prompt = f"{question.system}\n\n{question.prompt}"
        said = answer.text if answer else ""
        return await self._evidence.of_question(index, question.tree, prompt, said)

    async def _ended(self, failure: Failure | None) -> AttemptOutcome:
        duration = self._elapsed()
        if failure is not None and failure.kind == "browser_lost":
            return AttemptOutcome("lost", failure, duration)
        errored = failure is not None and failure.kind in words_faults.ERRORED
        artifacts: tuple[Artifact, ...] = ()
        if self._job.definition.artifacts == "always" or (failure and self._wants_failures()):
            artifacts = await self._evidence.rest()
        verdict: Verdict = "errored" if errored else "failed" if failure else "passed"
        return AttemptOutcome(verdict, failure, duration, artifacts)

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
        """What there is to say beside, since the last step: of the page, and of the gate."""
        notes = self._prepared.watch.notes
        taken, notes[:] = list(notes), []
        refused = [trouble for trouble in self._passage.refusals if trouble not in self._refused]
        self._refused.update(refused)
        return taken + [f"not connected: {trouble.reason}" for trouble in refused]

    def _elapsed(self) -> float:
        return time.monotonic() - self._begun


def variables_of(job: Job, secrets: Mapping[str, str]) -> Variables:
    """What the attempt may put into its steps from the beginning."""
    own = {"run_id": str(job.run_id), "attempt": str(job.attempt)}
    return Variables({**job.definition.variables, **own}, secrets)


def _secret_paths(decision: Decision) -> list[str]:
    """Where a secret was typed: no picture may show it."""
    return [
        action.selector
        for action in decision.actions
        if action.selector and any("${secret:" in argument for argument in action.arguments)
    ]
