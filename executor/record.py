"""Writing down what an attempt does: steps as they end, the verdict once, nothing after a loss."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from domain.errors import ConflictError
from domain.run import DRAINED, Run, evolve
from domain.run_events import Failure, RunEvent
from executor.browser.outcome import BrowserChange
from runtime.backoff import Backoff
from runtime.unreachable import UNREACHABLE
from runtime.waiting import pause

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.log import EventLog
    from executor.browser.outcome import AttemptOutcome, Happening, StepOutcome

    Decide = Callable[[Run], Sequence[RunEvent]]

logger = structlog.get_logger()

_GATHER = 0.5
"""Seconds by which a step may be shown later than it ended."""


class LeaseLostError(Exception):
    """The attempt is no longer this executor's: it may record nothing more."""


class Record:
    """The record of one attempt.

    Steps are appended behind the browser's back, so that the next step need not wait for the
    commit of the last; they are written together with the verdict at the latest.
    """

    def __init__(self, log: EventLog, run: Run, executor: str) -> None:
        self._log = log
        self._run = run
        self._attempt = run.attempt
        self._executor = executor
        self._happenings: list[Happening] = []
        self._waiting = asyncio.Event()
        self._stopped = asyncio.Event()

    def note(self, happening: Happening) -> None:
        """Takes note of a step that ended, or of a change of the browser; must be called on the
        event loop."""
        self._happenings.append(happening)
        self._waiting.set()

    async def keep_writing(self) -> None:
        """Appends steps as they come, until `stop_writing`. Raises LeaseLostError.

        Steps that end within `_GATHER` share a commit: every commit wakes each follower.
        """
        while not self._stopped.is_set():
            await self._waiting.wait()
            await pause(_GATHER, self._stopped)
            self._waiting.clear()
            if not self._stopped.is_set():
                await self._append(self._noted, durable=False)

    def stop_writing(self) -> None:
        """Lets `keep_writing` end after what it is writing now; the rest goes with the verdict."""
        self._stopped.set()
        self._waiting.set()

    async def verdict(self, outcome: AttemptOutcome) -> RunEvent:
        """Appends what is left and the attempt's end, on disk when it returns.

        Raises LeaseLostError.
        """
        return await self._end(lambda run: _ending(run, self._executor, outcome))

    async def give_back(self) -> RunEvent:
        """Appends that the attempt ends because this executor has to stop.

        Raises LeaseLostError.
        """
        error = Failure(kind=DRAINED, message=f"executor {self._executor} had to stop")
        return await self._end(lambda run: _requeued(run, self._executor, error))

    async def _end(self, end: Decide) -> RunEvent:
        written = await self._append(lambda run: self._with_notes(run, end), durable=True)
        return written[-1]

    def _with_notes(self, run: Run, end: Decide) -> Sequence[RunEvent]:
        noted = self._noted(run)
        for event in noted:
            run = evolve(run, event)
        return [*noted, *end(run)]

    def _noted(self, run: Run) -> list[RunEvent]:
        events: list[RunEvent] = []
        for happening in self._happenings[run.happenings :]:
            event = _event(run, self._executor, happening)
            run = evolve(run, event)
            events.append(event)
        return events

    async def _append(self, decide: Decide, *, durable: bool) -> Sequence[RunEvent]:
        backoff = Backoff()
        while True:
            try:
                return await asyncio.to_thread(self._append_once, decide, durable=durable)
            except UNREACHABLE as error:
                logger.warning("record.log_unreachable", error=str(error))
                await asyncio.sleep(backoff.next())

    def _append_once(self, decide: Decide, *, durable: bool) -> Sequence[RunEvent]:
        while events := decide(self._run):
            try:
                self._log.append(*events, durable=durable)
            except ConflictError:
                if not self._caught_up(events[-1]):
                    continue
            else:
                for event in events:
                    self._run = evolve(self._run, event)
            return events
        return []

    def _caught_up(self, intended: RunEvent) -> bool:
        """Reads what others appended; True if it was our own commit whose answer was lost.

        A refused append is not yet a lost lease: the priority may have changed.
        """
        newer = self._log.newer(self._run.id, self._run.version)
        for event in newer:
            self._run = evolve(self._run, event)  # type: ignore[arg-type]
            if event == intended:
                return True
        if not newer:
            # The database crashed, and forgot steps that had not waited for its disk.
            self._run = self._log.run(self._run.id)
        if self._run.status != "running" or self._run.attempt != self._attempt:
            raise LeaseLostError(f"the run is {self._run.status}, attempt {self._run.attempt}")
        return False


def _event(run: Run, by: str, happening: Happening) -> RunEvent:
    if isinstance(happening, BrowserChange):
        return run.change_browser(by, happening.browser, happening.reason)
    return _step_event(run, by, happening)


def _step_event(run: Run, by: str, outcome: StepOutcome) -> RunEvent:
    facts = {
        "index": outcome.index,
        "step": outcome.step,
        "started": round(outcome.started, 4),
        "duration": round(outcome.duration, 4),
        "artifacts": outcome.artifacts,
        "message": outcome.message,
        "decision": outcome.decision,
    }
    if outcome.passed:
        return run.pass_step(by, **facts)
    return run.fail_step(by, kind=outcome.kind or "error", **facts)


def _ending(run: Run, by: str, outcome: AttemptOutcome) -> Sequence[RunEvent]:
    facts = {"duration": round(outcome.duration, 4), "artifacts": outcome.artifacts}
    error = outcome.error
    if outcome.verdict == "passed" or error is None:
        return [run.pass_(by, **facts)]
    if outcome.verdict == "lost":
        return run.give_up_attempt(by, error)
    if outcome.verdict == "errored":
        return [run.err(by, error=error, **facts)]
    if outcome.verdict == "timed_out":
        return [run.time_out(by, error=error, **facts)]
    if run.may_retry:
        failed = run.fail_attempt(by, error=error, **facts)
        return [failed, evolve(run, failed).requeue(by)]
    return [run.fail(by, error=error, **facts)]


def _requeued(run: Run, by: str, error: Failure) -> Sequence[RunEvent]:
    lost = run.lose_attempt(by, error)
    return [lost, evolve(run, lost).requeue(by)]
