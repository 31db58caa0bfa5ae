"""A browser that does what its run's labels say, a step a second or as soon as it is nudged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal, cast

from domain.run_events import Failure
from executor.browser.outcome import AttemptOutcome, StepOutcome
from runtime.waiting import pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from executor.browser.outcome import Happening
    from executor.job import Job

Deed = Literal["pass", "fail", "fail once", "hang", "lose its browser", "kill its executor"]
STEP_TAKES = 1.0


class NobodyLooks:
    """In this world there are no pictures."""

    async def be_looked_at(self, *_: object) -> None:
        await asyncio.Event().wait()

    async def be_shown(self, *_: object) -> None:
        await asyncio.Event().wait()


class SimulatedBrowser:
    """Stands in an executor's equipment; `perform` is all that a run asks of it."""

    def __init__(self) -> None:
        self.audience = NobodyLooks()
        self.job: Job | None = None
        self.kills = False
        """Whether the run in hand takes its executor down."""
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """The step it is at ends now."""
        self._nudged.set()

    async def perform(self, job: Job, tell: Callable[[Happening], None]) -> AttemptOutcome:
        """The attempt, at the latest when its time is up."""
        self.job = job
        try:
            async with asyncio.timeout(job.timeout):
                return await self._steps(job, tell)
        except TimeoutError:
            error = Failure(kind="timeout", message="its time is up")
            return AttemptOutcome("timed_out", error, job.timeout)
        finally:
            self.job = None

    async def _steps(self, job: Job, tell: Callable[[Happening], None]) -> AttemptOutcome:
        deed = job.definition.labels["does"]
        for index in range(len(job.definition.steps)):
            self._nudged.clear()
            await pause(STEP_TAKES, self._nudged)
            outcome = await self._ended(cast("Deed", deed), index, job, tell)
            if outcome is not None:
                return outcome
        return AttemptOutcome("passed", None, 0.0)

    async def _ended(
        self, deed: Deed, index: int, job: Job, tell: Callable[[Happening], None]
    ) -> AttemptOutcome | None:
        error = Failure(kind="expectation", message="no", step=index)
        last = index == len(job.definition.steps) - 1
        fails = last and (deed == "fail" or (deed == "fail once" and job.attempt == 1))
        if deed == "hang":
            await asyncio.Event().wait()
        if deed == "kill its executor":
            self.kills = True
            await asyncio.Event().wait()
        if last and deed == "lose its browser":
            return AttemptOutcome("lost", Failure(kind="browser_lost", message="gone"), 0.0)
        kind, message = ("expectation", "no") if fails else (None, None)
        tell(StepOutcome(index, "step", 0.0, 0.0, not fails, kind, message))
        return AttemptOutcome("failed", error, 0.0) if fails else None


async def perform(equipment: Any, job: Job, tell: Callable[[Happening], None]) -> AttemptOutcome:
    """What the executor's own `perform` is replaced with."""
    browser = cast("SimulatedBrowser", equipment)
    return await browser.perform(job, tell)
