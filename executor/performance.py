"""One attempt on one page: every step in turn, within the run's time, whatever the page does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import Error

from domain.allowed_hosts import AllowedHosts
from domain.decision import Decision
from domain.run_events import Failure
from domain.words import Budget
from executor.account import Account
from executor.browser.actions import Stage, act
from executor.browser.faults import browser_is_gone
from executor.browser.masking import Mask
from executor.browser.variables import names_secret
from executor.words.asking import Asking
from executor.words.deciding import Decider
from executor.words.guard import Guard, named_hosts
from executor.words.spending import Spending
from executor.words.words import NeedsDecidingError, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.steps import Step
    from executor.browser.outcome import AttemptOutcome
    from executor.browser.prepared import Prepared
    from executor.equipment import Equipment
    from executor.job import Begun
    from executor.words.session import Session
    from executor.words.spending import Spent

_OVERTIME = 1.0
"""Seconds a step may overrun its own timeout before we stop waiting for Playwright to say so."""


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
        self._begun = begun
        self._wanted = wanted = begun.job.definition
        self._prepared = prepared
        self._audience = equipment.audience
        self._settings = equipment.settings
        mask = Mask(self._settings.secrets)
        self._variables = begun.job.variables(self._settings.secrets)
        self._stage = Stage(prepared.page, prepared.watch, wanted.base_url)
        self._spending = Spending(wanted.budget or Budget(), begun.job.purse)
        asking = Asking(session, equipment.model, mask, self._spending) if session else None
        self._asking = asking
        self._words = self._make_words(misfits or {}) if wanted.in_words else None
        self._guard = self._make_guard() if wanted.in_words else None
        self._account = Account(
            begun, prepared, self._stage, asking, store=equipment.store, mask=mask
        )
        self._doing = "the start"

    def _make_guard(self) -> Guard:
        goto = [step.goto for step in self._wanted.steps if step.goto is not None]
        allowed = AllowedHosts.parse(self._wanted.allowed_hosts or ())
        return Guard(named_hosts(self._wanted.base_url, goto, self._variables), allowed)

    def _make_words(self, misfits: Mapping[int, str]) -> Words:
        return Words(
            self._stage.page,
            self._variables,
            {known.step: known for known in self._begun.job.decisions},
            mode=self._wanted.words or "auto",
            decider=Decider(self._asking) if self._asking else None,
            misfits=misfits,
        )

    async def run(self) -> AttemptOutcome:
        """Every step, or as many as the time allows.

        Raises NeedsDecidingError where something has to be decided and there is no session.
        """
        async with self._audience.watching(self._stage, self._begun.job.run_id):
            return await self._run()

    async def _run(self) -> AttemptOutcome:
        steps = asyncio.create_task(self._steps())
        try:
            await asyncio.wait({steps}, timeout=self._begun.job.timeout - self._begun.elapsed)
            if steps.done():
                return await self._account.of_end(steps.result())
            self.spoilt = True
            return await self._account.of_timeout(self._doing)
        finally:
            steps.cancel()
            await asyncio.wait({steps}, timeout=_OVERTIME)
            if self._guard is not None:
                await self._guard.leave_post()

    async def _steps(self) -> Failure | None:
        """The failure that ended the attempt; None if every step passed."""
        try:
            if self._guard is not None:
                await self._guard.take_post(self._prepared)
            await self._account.begin()
        except Error as error:
            # Nothing of the test's has happened yet: this is the browser that was made ready.
            self.spoilt = True
            said = f"the browser was of no use: {str(error).partition(chr(10))[0]}"
            return Failure(kind="browser_lost", message=said)
        for index, step in enumerate(self._wanted.steps):
            failure = await self._step(index, step)
            if failure is not None:
                return failure
        return None

    async def _step(self, index: int, step: Step) -> Failure | None:
        started = self._begun.elapsed
        self._doing = f"step {index + 1}, {step}"
        seconds = self._seconds_for(step)
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
        failure = await self._account.of_step(
            index, step, started, seconds=seconds, error=error, decision=decision
        )
        self.spoilt = self.spoilt or (failure is not None and self._prepared.watch.crashed)
        return failure

    async def _do(self, index: int, step: Step, seconds: float) -> Decision | None:
        stage = self._stage
        stage.veiled = names_secret(step)
        if stage.veiled:
            stage.secret_texts |= self._variables.secrets_in(step)
            stage.secrecy.set()
        try:
            return await self._perform(index, step, seconds)
        finally:
            stage.veiled = False

    async def _perform(self, index: int, step: Step, seconds: float) -> Decision | None:
        if self._words is not None and self._guard is not None and step.in_words:
            with self._guard.on_duty():
                decision = await self._words.do(index, step, seconds)
                await self._guard.check(self._stage.page)
            self._stage.secret_paths += _secret_paths(decision)
            return decision
        if self._stage.veiled and step.fill is not None:
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

    def _seconds_for(self, step: Step) -> float:
        given = self._settings
        return step.timeout or (given.words_timeout if step.in_words else given.step_timeout)


def _secret_paths(decision: Decision) -> list[str]:
    """Where a secret was typed: no picture may show it."""
    return [
        action.selector
        for action in decision.actions
        if action.selector and any("${secret:" in argument for argument in action.arguments)
    ]
